import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../decide/command-handler.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import { BusinessError, PermanentError, TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { accountEvents, accounts, Deposited, Opened } from '../testing/account.ts';
import { envelopesOf } from '../testing/envelope-of.ts';
import { deliveryOf } from '../testing/msk-event.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { applied, held, type Delivery } from './consumer.ts';
import { on, policy, reacting, type Perform } from './policy.ts';

interface Thank {
  readonly amount: number;
}

const thankForDeposits = policy<Thank>('test.thanks', [
  on(Deposited, ({ payload: { amount } }) => (amount > 1 ? { amount } : undefined)),
  on(Opened, (): Thank | undefined => undefined),
]);

const deposits = (id: string, amounts: readonly number[]): Delivery[] =>
  envelopesOf(id, accountEvents(amounts))
    .slice(1)
    .map((event) => deliveryOf(accounts, event));

const nameOf = ({ aggregateId, sequence }: EventEnvelope): string => `${aggregateId}:${sequence}`;

const ends = async (perform: Perform<Thank>, deliveries: readonly Delivery[]): Promise<string[]> => {
  const verdicts = await reacting(thankForDeposits, perform).process(deliveries);
  return verdicts.map((verdict) => (verdict.kind === 'failed' ? String(verdict.error) : verdict.kind));
};

describe('a policy', () => {
  const [small, large] = deposits('a1', [1, 2]);

  it('calls for an action, or for none', () => {
    expect(thankForDeposits.listens).toEqual([Deposited, Opened]);
    expect(small && thankForDeposits.react(small.event)).toBeUndefined();
    expect(large && thankForDeposits.react(large.event)).toEqual({ amount: 2 });
    expect(large && thankForDeposits.react({ ...large.event, eventType: 'SurpriseEvent' })).toBeUndefined();
  });
});

describe('a policy as a consumer', () => {
  it('performs each action as one command of its event, on its trail', async () => {
    const performed: [Thank, CommandContext, string][] = [];
    const perform: Perform<Thank> = async (action, context, event) => {
      performed.push([action, context, event.eventId]);
    };
    const [first, second] = deposits('a1', [1, 2]) as [Delivery, Delivery];
    expect(await ends(perform, [first, second])).toEqual(['applied', 'applied']);
    expect(performed).toEqual([
      [
        { amount: 2 },
        {
          commandId: `test.thanks#${second.event.eventId}`,
          correlationId: 'test-correlation',
          causationId: second.event.eventId,
          traceId: second.event.metadata.traceId,
        },
        second.event.eventId,
      ],
    ]);
  });

  it('runs keys in parallel and the events of a key one after the other', async () => {
    const log: string[] = [];
    const begun = Promise.withResolvers<undefined>();
    const perform: Perform<Thank> = async (_, __, event) => {
      log.push(`begin ${nameOf(event)}`);
      // The first of a1 ends only when b1 has begun: were keys run in turn, this would never end.
      if (nameOf(event) === 'a1:2') await begun.promise;
      if (nameOf(event) === 'b1:2') begun.resolve(undefined);
      log.push(`end ${nameOf(event)}`);
    };
    expect(await ends(perform, [...deposits('a1', [2, 3]), ...deposits('b1', [4])])).toHaveLength(3);
    const ofA1 = log.filter((line) => line.includes('a1'));
    expect(ofA1).toEqual(['begin a1:2', 'end a1:2', 'begin a1:3', 'end a1:3']);
  });

  it('holds back a key behind a failure, and no other (promises 4 and 6)', async () => {
    const performed: string[] = [];
    const perform: Perform<Thank> = async (_, __, event) => {
      performed.push(nameOf(event));
      if (nameOf(event) === 'a1:3') throw new TransientError('down', 'no answer');
    };
    const a1 = deposits('a1', [2, 3, 4]);
    const b1 = deposits('b1', [5, 6]);
    const mixed = [a1[0], b1[0], a1[1], a1[2], b1[1]].flatMap((delivery) => delivery ?? []);
    const down = 'TransientError: no answer';
    expect(await ends(perform, mixed)).toEqual(['applied', 'applied', down, 'held', 'applied']);
    expect(performed.sort()).toEqual(['a1:2', 'a1:3', 'b1:2', 'b1:3']);
  });

  it('takes a refusal of the business for an answer, and goes on (CON-08)', async () => {
    const refuse: Perform<Thank> = () => Promise.reject(new BusinessError('no', 'not today'));
    expect(await ends(refuse, deposits('a1', [2, 3]))).toEqual(['refused', 'refused']);
  });

  it('holds what follows under its key also where no retry can help', async () => {
    const perform: Perform<Thank> = async (_, __, event) => {
      if (nameOf(event) === 'a1:2') throw new PermanentError('never', 'never');
    };
    expect(await ends(perform, deposits('a1', [2, 3]))).toEqual(['PermanentError: never', 'held']);
  });

  it('fails an event whose rule throws', async () => {
    const broken = policy<Thank>('test.broken', [
      on(Deposited, () => {
        throw new TypeError('a bug');
      }),
    ]);
    const [verdict] = await reacting(broken, async () => undefined).process(deposits('a1', [2]));
    expect(verdict).toMatchObject({ kind: 'failed', error: expect.any(TypeError) });
  });
});

describe('a policy whose time is short', () => {
  /** Five deposits of one key and one of another; each action takes ten seconds, and waits for one that runs beside it. */
  const deliveries = [...deposits('a1', [2, 3, 4, 5, 6]), ...deposits('b1', [2])];

  it('begins no action that would not end, and counts nothing against what it leaves', async () => {
    const clock = virtualClock();
    const performed: string[] = [];
    const perform: Perform<Thank> = async (_action, _context, event) => {
      clock.pass(10_000);
      performed.push(nameOf(event));
    };
    const process = (waiting: readonly Delivery[]) =>
      reacting(thankForDeposits, perform).process(waiting, () => 45_000 - clock.elapsed());
    const first = await process(deliveries);
    expect(performed).toEqual(['a1:2', 'b1:2', 'a1:3']);
    expect(first).toMatchObject([
      applied,
      applied,
      { kind: 'failed', error: { code: 'out-of-time' } },
      held,
      held,
      applied,
    ]);
    expect(first[2]).toMatchObject({ error: expect.any(UnavailableError) });
  });

  it('gets on in each invocation, however little time there is', async () => {
    let waiting: readonly Delivery[] = deliveries;
    for (let invocations = 0; waiting.length > 0; invocations += 1) {
      expect(invocations).toBeLessThan(deliveries.length);
      const clock = virtualClock();
      const perform: Perform<Thank> = async () => clock.pass(10_000);
      const verdicts = await reacting(thankForDeposits, perform).process(waiting, () => -clock.elapsed());
      waiting = waiting.filter((_, i) => verdicts[i]?.kind !== 'applied');
    }
  });
});
