import fc from 'fast-check';
import type { MSKEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { consume, type Means } from '../consume/consume.ts';
import type { Consumer } from '../consume/consumer.ts';
import { on, policy, reacting } from '../consume/policy.ts';
import type { KafkaRecord } from '../consume/record.ts';
import type { RedriveAnswer } from '../consume/redrive.ts';
import { commandHandler } from '../decide/command-handler.ts';
import type { EventStore } from '../decide/event-store.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import type { Json, Once, OnceRecords } from '../once/once.ts';
import { refusalOf } from '../project/dynamo-projection-store.ts';
import { projecting } from '../project/projecting.ts';
import {
  account,
  accountEvents,
  accounts,
  Deposited,
  deposit,
  statementOfAccount,
  turnoverByLetter,
  withdraw,
  Withdrawn,
} from '../testing/account.ts';
import { envelopesOf, fixedClock } from '../testing/envelope-of.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { memoryDeadLetters } from '../testing/memory-dead-letters.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { memoryLedger } from '../testing/memory-ledger.ts';
import { memoryProjectionStore } from '../testing/memory-projection-store.ts';
import { mskEvent, mskRecord } from '../testing/msk-event.ts';
import { outside } from './outside.ts';
import { rehearsedEventStore } from './rehearsed-event-store.ts';
import { rehearsedOnce } from './rehearsed-once.ts';
import { rehearsedProjectionStore } from './rehearsed-projection-store.ts';

const means = (): Means => ({
  deadLetters: memoryDeadLetters(),
  ledger: memoryLedger(),
  clock: { now: () => 0, wait: () => Promise.resolve(), random: () => 0.5 },
});

const memoryOnce = () => {
  const done = new Map<string, Json>();
  const once: Once & OnceRecords = {
    forInvocation: () => undefined,
    run: async <Result extends Json>(key: string, _: Json, effect: () => Promise<Result>) => {
      // What stands under a key is what the effect of that key answered.
      if (!done.has(key)) done.set(key, await effect());
      return done.get(key) as Result;
    },
    find: async (key) => {
      const result = done.get(key);
      return result === undefined ? undefined : { result };
    },
  };
  return { once, snapshot: () => JSON.stringify([...done]) };
};

/** A consumer over tables of its own, and what stands in them. */
interface World {
  readonly consumer: Consumer;
  readonly snapshot: () => Promise<string>;
}

const projectionWorld = (name: 'statementOfAccount' | 'turnoverByLetter') => (): World => {
  const store = memoryProjectionStore();
  const rehearsed = rehearsedProjectionStore(store, refusalOf);
  const consumer: Consumer =
    name === 'statementOfAccount'
      ? projecting(statementOfAccount, rehearsed)
      : projecting(turnoverByLetter, rehearsed);
  return { consumer, snapshot: () => Promise.resolve(store.snapshot()) };
};

const everything = async (store: EventStore): Promise<string> => {
  const events: unknown[] = [];
  for await (const event of store.readAll()) events.push(event);
  return JSON.stringify(events);
};

/** A policy that writes to the account's shadow, pays out once, and meets rules and faults by the amount. */
const policyWorld = (): World => {
  const store = memoryEventStore();
  const { once: remembered, snapshot } = memoryOnce();
  const sent: string[] = [];
  const once = rehearsedOnce(remembered);
  const commands = commandHandler(rehearsedEventStore(store), fixedClock());
  const mirror = policy<{ readonly id: string; readonly amount: number }>('test.mirror', [
    on(Deposited, ({ aggregateId: id, payload: { amount } }) => ({ id, amount })),
    on(Withdrawn, ({ aggregateId: id, payload: { amount } }) =>
      amount === 9 ? undefined : { id, amount: -amount },
    ),
  ]);
  const consumer = reacting(mirror, async ({ id, amount }, context) => {
    if (amount === 7) throw new PermanentError('seven', 'no sevens');
    if (amount === 8) throw new Error('eight is down');
    await once.run(context.commandId, id, () =>
      outside({ kind: 'mail', target: id, content: { amount }, instead: 'sent' }, async () => {
        sent.push(`${id} ${amount}`);
        return 'sent';
      }),
    );
    await commands.execute(account, `shadow-${id}`, context, (state) =>
      amount > 0 ? deposit(amount) : withdraw(state, -amount),
    );
  });
  return {
    consumer,
    snapshot: async () => [await everything(store), snapshot(), sent.join()].join('\n'),
  };
};

const worlds: Record<string, () => World> = {
  'a projection of every event of its aggregate': projectionWorld('statementOfAccount'),
  'a projection of many aggregates in one document': projectionWorld('turnoverByLetter'),
  'a policy with commands and an effect on the outside': policyWorld,
};

const amount = fc.integer({ min: -10, max: 10 }).filter((n) => n !== 0);
const histories = fc.dictionary(fc.constantFrom('a1', 'a2', 'b1'), fc.array(amount, { maxLength: 6 }), {
  minKeys: 1,
});

/** Records of some accounts, shuffled, doubled and damaged. */
const recordsOf = (histories: Readonly<Record<string, readonly number[]>>) =>
  fc
    .array(
      fc.record({
        id: fc.constantFrom(...Object.keys(histories)),
        at: fc.nat({ max: 6 }),
        damage: fc.constantFrom('', '', '', '', 'value', 'key', 'type'),
      }),
      { maxLength: 20 },
    )
    .map((picks): KafkaRecord[] => {
      const drafts = picks.flatMap(({ id, at, damage }) => {
        const event = envelopesOf(id, accountEvents(histories[id] ?? []))[at];
        if (!event) return [];
        const record = mskRecord(accounts, event);
        if (damage === 'value') return [{ ...record, value: 'bm90IGpzb24=' }];
        if (damage === 'key') return [{ ...record, key: null }];
        return [damage === 'type' ? mskRecord(accounts, { ...event, eventType: 'OtherEvent' }) : record];
      });
      return Object.values(mskEvent(drafts).records).flat();
    });

const deliveriesOf = (records: readonly KafkaRecord[]): MSKEvent =>
  mskEvent(records.map((record) => record as Parameters<typeof mskEvent>[0][number]));

const told = ({ outcomes }: RedriveAnswer) =>
  outcomes.map(({ offset, result, cause }) => ({ offset, result, code: cause?.code }));

describe.each(Object.entries(worlds))('a rehearsal of %s', (_, world) => {
  const scenario = histories.chain((h) => fc.tuple(recordsOf(h), recordsOf(h)));

  it('foretells how every record ends, and leaves everything as it is', () =>
    fc.assert(
      fc.asyncProperty(scenario, async ([before, records]) => {
        const { consumer, snapshot } = world();
        const handler = consume(consumer, means());
        await handler(deliveriesOf(before), lambdaContext());
        const stood = await snapshot();

        const foretold = await handler({ redrive: 'rehearse', records }, lambdaContext());
        expect(await snapshot()).toBe(stood);

        const done = await handler({ redrive: 'apply', records }, lambdaContext());
        expect(told(foretold)).toEqual(told(done));
        const wouldWrite = foretold.outcomes.some(({ writes = [] }) => writes.length > 0);
        expect(wouldWrite).toBe((await snapshot()) !== stood);

        // And what took effect changes nothing any more; what a rule refused may pass on another day.
        const again = await handler({ redrive: 'rehearse', records }, lambdaContext());
        again.outcomes.forEach(({ writes }, i) => {
          const { result } = done.outcomes[i] ?? {};
          if (result === 'applied' || result === 'duplicate') expect(writes).toEqual([]);
        });
      }),
      { numRuns: 150 },
    ));
});

describe('a rehearsal', () => {
  const events = envelopesOf('a1', accountEvents([5, 3]));
  const records = Object.values(mskEvent(events.map((event) => mskRecord(accounts, event))).records).flat();

  it('names what each record would write', async () => {
    const handler = consume(projectionWorld('statementOfAccount')().consumer, means());
    const { outcomes } = await handler({ redrive: 'rehearse', records }, lambdaContext());
    expect(outcomes.map(({ writes }) => writes)).toEqual(
      [0, 5, 8].map((balance, i) => [
        {
          kind: 'document',
          target: 'test.statement a1/a1',
          content: { owner: 'Ada', balance, movements: [5, 3].slice(0, i) },
        },
      ]),
    );
  });

  it('names commands and effects on the outside, once each', async () => {
    const handler = consume(policyWorld().consumer, means());
    const twice = [...records, ...records.map((record) => ({ ...record, offset: record.offset + 10 }))];
    const { outcomes } = await handler({ redrive: 'rehearse', records: twice }, lambdaContext());
    expect(outcomes.map(({ writes = [] }) => writes.map(({ kind, target }) => `${kind} ${target}`))).toEqual([
      [],
      ['mail a1', 'events test-account/shadow-a1'],
      ['mail a1', 'events test-account/shadow-a1'],
      [],
      [],
      [],
    ]);
  });

  it('asks of each record by itself whether its effect stands, in an audit', async () => {
    const { consumer, snapshot } = projectionWorld('statementOfAccount')();
    const handler = consume(consumer, means());
    const auditOf = async () =>
      (await handler({ redrive: 'audit', records }, lambdaContext())).outcomes.map(
        ({ result, cause, writes }) => [result, cause?.code, writes?.length],
      );
    // As after a loss of the document: the second event does not wait for what the first would do.
    expect(await auditOf()).toEqual([
      ['applied', undefined, 1],
      ['failed', 'missing-predecessor', 0],
      ['failed', 'missing-predecessor', 0],
    ]);
    expect(await snapshot()).toBe('');
    await handler({ redrive: 'apply', records }, lambdaContext());
    expect(await auditOf()).toEqual(records.map(() => ['duplicate', undefined, 0]));
  });

  it('leaves out contents that no answer could hold', async () => {
    const owner = 'x'.repeat(300_000);
    const handler = consume(projectionWorld('statementOfAccount')().consumer, means());
    const large = Array.from({ length: 20 }, (_, i) => {
      const [opened] = envelopesOf(`l${i}`, accountEvents([]));
      return mskRecord(accounts, { ...opened, payload: { owner } } as (typeof events)[number]);
    });
    const answer = await handler(
      { redrive: 'rehearse', records: Object.values(mskEvent(large).records).flat() },
      lambdaContext(),
    );
    expect(JSON.stringify(answer).length).toBeLessThan(6_000_000);
    expect(answer.outcomes.map(({ writes }) => writes?.length)).toEqual(large.map(() => 1));
  });

  it('begins no record that the invocation has no time for', async () => {
    const handler = consume(policyWorld().consumer, means());
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 2_000 };
    const { outcomes } = await handler({ redrive: 'rehearse', records }, context);
    expect(outcomes.map(({ result }) => result)).toEqual(['not-for-me', 'held', 'held']);
    expect(outcomes[1]?.cause?.code).toBe('out-of-time');
  });
});
