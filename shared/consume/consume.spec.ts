import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineAggregate, type EventDefinition } from '../define/event.ts';
import { BusinessError, PermanentError, TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { metrics } from '../observe/telemetry.ts';
import { projecting } from '../project/projecting.ts';
import { init, projection } from '../project/projection.ts';
import { accountEvents, accounts, Deposited, Opened } from '../testing/account.ts';
import { envelopesOf } from '../testing/envelope-of.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { memoryDeadLetters } from '../testing/memory-dead-letters.ts';
import { memoryLedger } from '../testing/memory-ledger.ts';
import { memoryProjectionStore } from '../testing/memory-projection-store.ts';
import { base64, mskEvent, mskRecord, type RecordDraft } from '../testing/msk-event.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { consume } from './consume.ts';
import {
  applied,
  duplicate,
  failed,
  refused,
  type Consumer,
  type Delivery,
  type Verdict,
} from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Ledger } from './ledger.ts';

const [opened, deposited, withdrawn] = envelopesOf('a1', accountEvents([5, -3]));
if (!opened || !deposited || !withdrawn) throw new Error('three events were asked for');

const definitions = (...list: unknown[]) => list as EventDefinition[];

/** A consumer that ends each delivery as told by its event's type. */
const ending = (ends: Readonly<Record<string, Verdict>>): Consumer & { seen: Delivery[] } => {
  const seen: Delivery[] = [];
  return {
    name: 'test.consumer',
    listens: definitions(Opened, Deposited),
    seen,
    process: async (deliveries) => {
      seen.push(...deliveries);
      return deliveries.map(({ event }) => ends[event.eventType] ?? applied);
    },
  };
};

const counted = vi.spyOn(metrics, 'addMetric');
const total = (name: string): number =>
  counted.mock.calls.filter((call) => call[0] === name).reduce((sum, call) => sum + call[2], 0);

beforeEach(() => {
  counted.mockClear();
});

const run = (
  consumer: Consumer,
  drafts: readonly RecordDraft[],
  deadLetters: DeadLetters,
  ledger: Ledger = memoryLedger(),
) => consume(consumer, { deadLetters, ledger, clock: virtualClock() })(mskEvent(drafts), lambdaContext());

/** Another account's key: what happens to one key must not touch the other. */
const [otherOpened, otherDeposited] = envelopesOf('b1', accountEvents([7]));
if (!otherOpened || !otherDeposited) throw new Error('two events were asked for');

describe('a batch', () => {
  it('that ends well reports nothing', async () => {
    const consumer = ending({ DepositedEvent: duplicate });
    const drafts = [mskRecord(accounts, opened), mskRecord(accounts, deposited)];
    await expect(run(consumer, drafts, memoryDeadLetters())).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(consumer.seen.map(({ key, event }) => [key, event])).toEqual([
      ['a1', opened],
      ['a1', deposited],
    ]);
    expect(total('RecordsApplied')).toBe(1);
    expect(total('RecordsDuplicate')).toBe(1);
  });

  it('may be empty', async () => {
    const batch = run(ending({}), [], memoryDeadLetters());
    await expect(batch).resolves.toStrictEqual({ batchItemFailures: [] });
  });

  it('may hold several partitions, each in its order', async () => {
    const consumer = ending({});
    const other = envelopesOf('b1', accountEvents([7]));
    const drafts = [
      mskRecord(accounts, opened, { partition: 3 }),
      ...other.map((event) => mskRecord(accounts, event, { partition: 11 })),
      mskRecord(accounts, deposited, { partition: 3 }),
    ];
    await run(consumer, drafts, memoryDeadLetters());
    expect(consumer.seen.filter(({ key }) => key === 'a1').map(({ event }) => event.sequence)).toEqual([
      1, 2,
    ]);
    expect(consumer.seen.filter(({ key }) => key === 'b1').map(({ event }) => event.sequence)).toEqual([
      1, 2,
    ]);
  });
});

describe('a transient failure', () => {
  const open = failed(new UnavailableError('circuit-open', 'try later'));

  it('that is to come again is reported in the shape AWS asks for, and nothing else is', async () => {
    const drafts = [
      mskRecord(accounts, opened, { partition: 3, offset: 40 }),
      mskRecord(accounts, deposited, { partition: 3, offset: 41 }),
      mskRecord(accounts, withdrawn, { partition: 3, offset: 42 }),
    ];
    const letters = memoryDeadLetters();
    await expect(run(ending({ DepositedEvent: open }), drafts, letters)).resolves.toStrictEqual({
      batchItemFailures: [{ itemIdentifier: { partition: 'business-events-payments-3', offset: 41 } }],
    });
    expect(letters.letters).toEqual([]);
    expect(total('RecordsRetried')).toBe(1);
  });

  it('is what an undeclared error counts as: tried four times in all, then parked (CON-06)', async () => {
    const letters = memoryDeadLetters();
    const consumer = ending({ OpenedEvent: failed(new TypeError('a bug')) });
    await expect(run(consumer, [mskRecord(accounts, opened)], letters)).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(consumer.seen).toHaveLength(4);
    expect(letters.letters).toMatchObject([
      {
        attempts: 4,
        cause: { name: 'TypeError', message: 'a bug' },
        firstFailedAt: '2026-03-01T12:00:00.000Z',
        lastFailedAt: '2026-03-01T12:00:07.000Z',
      },
    ]);
  });

  it('of the whole consumer reports the batch, so that Lambda sends it again', async () => {
    const broken: Consumer = {
      ...ending({}),
      process: () => Promise.reject(new TransientError('down', 'x')),
    };
    const { batchItemFailures } = await run(broken, [mskRecord(accounts, opened)], memoryDeadLetters());
    expect(batchItemFailures).toHaveLength(1);
  });
});

describe('a business refusal (CON-08, C14)', () => {
  it('is recorded for review, is not retried, and holds nothing', async () => {
    const letters = memoryDeadLetters();
    const ledger = memoryLedger();
    const consumer = ending({ OpenedEvent: refused(new BusinessError('too-late', 'it was cancelled')) });
    const drafts = [mskRecord(accounts, opened), mskRecord(accounts, deposited)];
    await expect(run(consumer, drafts, letters, ledger)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(consumer.seen).toHaveLength(2);
    expect(letters.refused).toMatchObject([{ offset: '0', cause: { code: 'too-late' }, attempts: 1 }]);
    expect(await letters.heldKeys('test.consumer', [base64('a1')])).toEqual(new Set());
    expect(ledger.page('test.consumer', accounts.topic)).toMatchObject({ applied: 2, parked: 0 });
  });

  it('that cannot be recorded comes again', async () => {
    const letters: DeadLetters = {
      ...memoryDeadLetters(),
      keepRefused: () => Promise.reject(new TransientError('down', 'table is gone')),
    };
    const consumer = ending({ OpenedEvent: refused(new BusinessError('too-late', 'it was cancelled')) });
    const { batchItemFailures } = await run(consumer, [mskRecord(accounts, opened)], letters);
    expect(batchItemFailures).toHaveLength(1);
  });
});

describe('a permanent failure', () => {
  it('is parked with its bytes and coordinates and does not come back', async () => {
    const consumer = ending({ OpenedEvent: failed(new PermanentError('bad-state', 'never')) });
    const letters = memoryDeadLetters();
    const draft = mskRecord(accounts, opened, { partition: 2, offset: 17 });
    await expect(run(consumer, [draft], letters)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(letters.letters).toMatchObject([
      {
        consumer: 'test.consumer',
        topic: 'business-events-payments',
        partition: 2,
        offset: '17',
        key: draft.key,
        value: draft.value,
        cause: { code: 'bad-state' },
      },
    ]);
    expect(total('RecordsParked')).toBe(1);
  });

  it('is also what a refusal counts as that its consumer did not take for an answer: it is never retried', async () => {
    const consumer = ending({ OpenedEvent: failed(new BusinessError('no', 'no')) });
    const letters = memoryDeadLetters();
    await run(consumer, [mskRecord(accounts, opened)], letters);
    expect(letters.letters).toHaveLength(1);
  });

  it('of decoding holds its key and no other', async () => {
    const consumer = ending({});
    const letters = memoryDeadLetters();
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited, { value: base64('not json') }),
      mskRecord(accounts, deposited),
      mskRecord(accounts, otherOpened),
    ];
    await expect(run(consumer, drafts, letters)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(consumer.seen.map(({ event }) => event)).toEqual([opened, otherOpened]);
    expect(letters.letters.map(({ offset, cause, attempts }) => [offset, cause.code, attempts])).toEqual([
      ['1', 'not-json', 1],
      ['2', 'behind', 0],
    ]);
  });

  it('without a key holds nothing', async () => {
    const consumer = ending({});
    const letters = memoryDeadLetters();
    await run(consumer, [mskRecord(accounts, opened, { key: null }), mskRecord(accounts, opened)], letters);
    expect(letters.letters.map(({ offset, cause }) => [offset, cause.code])).toEqual([['0', 'no-key']]);
    expect(consumer.seen).toHaveLength(1);
  });

  it('that cannot be parked is reported, and the rest of the batch stands', async () => {
    const full: DeadLetters = {
      ...memoryDeadLetters(),
      park: () => Promise.reject(new TransientError('down', 'table is gone')),
    };
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited),
      mskRecord(accounts, opened, { key: null }),
    ];
    const consumer = ending({ DepositedEvent: failed(new PermanentError('never', 'never')) });
    const { batchItemFailures } = await run(consumer, drafts, full);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset).sort()).toEqual([1, 2]);
    expect(total('RecordsParked')).toBe(0);
    expect(total('RecordsApplied')).toBe(1);
  });
});

describe('a key that is held (promise 6)', () => {
  const poisoned = failed(new PermanentError('never', 'never'));

  it('parks its later records, of any batch, behind the first; other keys run', async () => {
    const letters = memoryDeadLetters();
    await run(ending({ OpenedEvent: poisoned }), [mskRecord(accounts, opened, { offset: 5 })], letters);
    const consumer = ending({});
    const drafts = [
      mskRecord(accounts, deposited, { offset: 6 }),
      mskRecord(accounts, otherOpened, { offset: 7 }),
      mskRecord(accounts, withdrawn, { offset: 8, value: base64('not json') }),
    ];
    await expect(run(consumer, drafts, letters)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(consumer.seen.map(({ event }) => event)).toEqual([otherOpened]);
    expect(letters.letters.map(({ offset, cause }) => [offset, cause.code])).toEqual([
      ['5', 'never'],
      ['6', 'behind'],
      ['8', 'behind'],
    ]);
  });

  it('that is lifted while its records are on their way lets them run', async () => {
    const letters = memoryDeadLetters();
    await run(ending({ OpenedEvent: poisoned }), [mskRecord(accounts, opened)], letters);
    const lifted: DeadLetters = {
      ...letters,
      heldKeys: async (...asked) => {
        const keys = await letters.heldKeys(...asked);
        letters.take('test.consumer', base64('a1'));
        return keys;
      },
    };
    const consumer = ending({});
    await run(consumer, [mskRecord(accounts, deposited, { offset: 1 })], lifted);
    expect(consumer.seen.map(({ event }) => event)).toEqual([deposited]);
    expect(letters.letters).toEqual([]);
  });

  it('whose records cannot be parked behind it reports them, and nothing of other keys', async () => {
    const letters = memoryDeadLetters();
    await run(ending({ OpenedEvent: poisoned }), [mskRecord(accounts, opened)], letters);
    const full: DeadLetters = {
      ...letters,
      parkBehind: () => Promise.reject(new TransientError('down', 'x')),
    };
    const drafts = [
      mskRecord(accounts, deposited, { offset: 1 }),
      mskRecord(accounts, otherDeposited, { offset: 2 }),
    ];
    const { batchItemFailures } = await run(ending({}), drafts, full);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset)).toEqual([1]);
  });
});

describe('promise 5: every record ends as exactly one thing', () => {
  const drafts = [
    mskRecord(accounts, opened),
    mskRecord(accounts, otherDeposited),
    mskRecord(accounts, withdrawn),
    mskRecord(accounts, { ...opened, eventType: 'SurpriseEvent' }),
    mskRecord(accounts, opened, { value: null }),
  ];
  const consumer = () =>
    ending({
      OpenedEvent: duplicate,
      DepositedEvent: failed(new UnavailableError('circuit-open', 'try later')),
    });

  it('and the counts add up', async () => {
    await run(consumer(), drafts, memoryDeadLetters());
    const ends = ['Applied', 'Duplicate', 'NotForMe', 'Parked', 'Retried'].map((end) =>
      total(`Records${end}`),
    );
    expect(ends).toEqual([0, 1, 2, 1, 1]);
    expect(total('UnknownEventTypes')).toBe(1);
  });

  it('and the ledger has them, each once, whatever is delivered again', async () => {
    const ledger = memoryLedger();
    const letters = memoryDeadLetters();
    for (let delivery = 0; delivery < 3; delivery += 1) await run(consumer(), drafts, letters, ledger);
    const page = { from: 0, next: 5, applied: 0, duplicate: 1, notForMe: 2, parked: 1, gaps: [] };
    expect(ledger.page('test.consumer', accounts.topic)).toEqual({ ...page, open: [[1, 1]] });
    await run(ending({}), drafts, letters, ledger);
    expect(ledger.page('test.consumer', accounts.topic)).toEqual({ ...page, applied: 1, open: [] });
  });

  it('and what the ledger does not take comes again, partition by partition', async () => {
    const inner = memoryLedger();
    const ledger: Ledger = {
      enter: (subject, entries) =>
        subject.partition === 1
          ? Promise.reject(new TransientError('down', 'table is gone'))
          : inner.enter(subject, entries),
    };
    const { batchItemFailures } = await run(
      ending({}),
      [mskRecord(accounts, opened), mskRecord(accounts, otherOpened, { partition: 1, offset: 8 })],
      memoryDeadLetters(),
      ledger,
    );
    expect(batchItemFailures).toEqual([
      { itemIdentifier: { partition: 'business-events-payments-1', offset: 8 } },
    ]);
  });
});

describe('a redrive', () => {
  const records = (drafts: readonly RecordDraft[]) => Object.values(mskEvent(drafts).records).flat();

  it('runs records of a held key once more, in order, and holds the rest behind one that fails', async () => {
    const letters = memoryDeadLetters();
    const ledger = memoryLedger();
    const handler = consume(
      ending({ DepositedEvent: failed(new PermanentError('never', 'never')), OpenedEvent: duplicate }),
      { deadLetters: letters, ledger, clock: virtualClock() },
    );
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited),
      mskRecord(accounts, withdrawn, { key: base64('other'), value: base64('x') }),
      mskRecord(accounts, deposited),
      mskRecord(accounts, { ...opened, eventType: 'SurpriseEvent' }),
    ];
    const answer = await handler({ redrive: 'apply', records: records(drafts) }, lambdaContext());
    expect(answer.consumer).toBe('test.consumer');
    expect(answer.outcomes.map(({ offset, result, cause }) => [offset, result, cause?.code])).toEqual([
      [0, 'duplicate', undefined],
      [1, 'failed', 'never'],
      [2, 'failed', 'not-json'],
      [3, 'held', undefined],
      [4, 'not-for-me', undefined],
    ]);
    expect(letters.letters).toEqual([]);
    expect(ledger.page('test.consumer', accounts.topic)).toBeUndefined();
  });
});

describe('a rolling deploy that brings a new type of event', () => {
  /** The contract as one deploy knows it, and a projection that takes every event of it. */
  const deployed = (...types: ('OpenedEvent' | 'LimitedEvent' | 'DepositedEvent')[]) => {
    const contract = defineAggregate(accounts.context, accounts.type);
    const events = types.map((type) => contract.event(type, z.looseObject({}), { version: 1 }));
    return projection<readonly string[]>(
      'test.types',
      events.map((event) => init(event, ({ eventType }, doc = []) => [...doc, eventType])),
    );
  };
  const before = deployed('OpenedEvent', 'DepositedEvent');
  const after = deployed('OpenedEvent', 'LimitedEvent', 'DepositedEvent');
  const drafts = envelopesOf('a1', accountEvents([5, 7])).map((event, offset) => {
    const eventType = offset === 1 ? 'LimitedEvent' : event.eventType;
    return mskRecord(accounts, { ...event, eventType, version: 1 }, { offset });
  });

  it('shows as a gap to a projection of all; set back, the next deploy takes it and what follows, in order', async () => {
    const store = memoryProjectionStore();
    const letters = memoryDeadLetters();
    await run(projecting(before, store), drafts, letters);
    expect(total('RecordsNotForMe')).toBe(1);
    expect(letters.letters.map(({ offset, cause }) => [offset, cause.code])).toEqual([
      ['2', 'missing-predecessor'],
    ]);

    await run(projecting(after, store), drafts, letters);
    const inOrder = letters.letters.toSorted((a, b) => Number(a.offset) - Number(b.offset));
    expect(inOrder.map(({ offset }) => offset)).toEqual(['0', '1', '2']);
    const records = inOrder.map((letter) => ({ ...letter, offset: Number(letter.offset) }));
    const mended = consume(projecting(after, store), { deadLetters: letters, ledger: memoryLedger() });
    const { outcomes } = await mended({ redrive: 'apply', records }, lambdaContext());
    expect(outcomes.map(({ result }) => result)).toEqual(['duplicate', 'applied', 'applied']);
    expect(await store.read('test.types', [{ group: 'a1', item: 'a1' }])).toEqual([
      { doc: ['OpenedEvent', 'LimitedEvent', 'DepositedEvent'], watermark: '3' },
    ]);
  });
});

it('says which topics its code listens to', () => {
  expect(consume(ending({}), { deadLetters: memoryDeadLetters(), ledger: memoryLedger() }).topics).toEqual([
    'business-events-payments',
  ]);
});
