import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventDefinition } from '../define/event.ts';
import { BusinessError, PermanentError, TransientError } from '../errors/mesh-error.ts';
import { metrics } from '../observe/telemetry.ts';
import { accountEvents, accounts, Deposited, Opened } from '../testing/account.ts';
import { envelopesOf } from '../testing/envelope-of.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { memoryDeadLetters } from '../testing/memory-dead-letters.ts';
import { base64, mskEvent, mskRecord, type RecordDraft } from '../testing/msk-event.ts';
import { consume } from './consume.ts';
import { applied, duplicate, failed, type Consumer, type Delivery, type Verdict } from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';

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

const run = (consumer: Consumer, drafts: readonly RecordDraft[], deadLetters: DeadLetters) =>
  consume(consumer, deadLetters)(mskEvent(drafts), lambdaContext());

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
  it('is reported in the shape AWS asks for, and nothing else is', async () => {
    const consumer = ending({ DepositedEvent: failed(new TransientError('down', 'no answer')) });
    const drafts = [
      mskRecord(accounts, opened, { partition: 3, offset: 40 }),
      mskRecord(accounts, deposited, { partition: 3, offset: 41 }),
      mskRecord(accounts, withdrawn, { partition: 3, offset: 42 }),
    ];
    const letters = memoryDeadLetters();
    await expect(run(consumer, drafts, letters)).resolves.toStrictEqual({
      batchItemFailures: [{ itemIdentifier: { partition: 'business-events-payments-3', offset: 41 } }],
    });
    expect(letters.letters).toEqual([]);
    expect(total('RecordsRetried')).toBe(1);
  });

  it('is what an undeclared error counts as', async () => {
    const consumer = ending({ OpenedEvent: failed(new TypeError('a bug')) });
    const { batchItemFailures } = await run(consumer, [mskRecord(accounts, opened)], memoryDeadLetters());
    expect(batchItemFailures).toHaveLength(1);
  });

  it('of the whole consumer fails the invocation, so that Lambda sends the batch again', async () => {
    const broken: Consumer = {
      ...ending({}),
      process: () => Promise.reject(new TransientError('down', 'x')),
    };
    await expect(run(broken, [mskRecord(accounts, opened)], memoryDeadLetters())).rejects.toThrow('x');
  });

  it('is what a missing verdict counts as', async () => {
    const forgetful: Consumer = { ...ending({}), process: async () => [] };
    const { batchItemFailures } = await run(forgetful, [mskRecord(accounts, opened)], memoryDeadLetters());
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

  it('of decoding does not keep the records around it from the consumer', async () => {
    const consumer = ending({});
    const letters = memoryDeadLetters();
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited, { value: base64('not json') }),
      mskRecord(accounts, deposited),
    ];
    await expect(run(consumer, drafts, letters)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(consumer.seen).toHaveLength(2);
    expect(letters.letters.map(({ offset, cause }) => [offset, cause.code])).toEqual([['1', 'not-json']]);
  });

  it('that cannot be parked is reported, and the rest of the batch stands', async () => {
    const consumer = ending({ DepositedEvent: failed(new TransientError('down', 'no answer')) });
    const full: DeadLetters = { park: () => Promise.reject(new TransientError('down', 'table is gone')) };
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited),
      mskRecord(accounts, opened, { key: null }),
    ];
    const { batchItemFailures } = await run(consumer, drafts, full);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset).sort()).toEqual([1, 2]);
    expect(total('RecordsParked')).toBe(0);
    expect(total('RecordsApplied')).toBe(1);
  });
});

describe('promise 5: every record ends as exactly one thing', () => {
  it('and the counts add up', async () => {
    const down = failed(new TransientError('down', 'no answer'));
    const consumer = ending({ OpenedEvent: duplicate, DepositedEvent: down });
    const drafts = [
      mskRecord(accounts, opened),
      mskRecord(accounts, deposited),
      mskRecord(accounts, withdrawn),
      mskRecord(accounts, { ...opened, eventType: 'SurpriseEvent' }),
      mskRecord(accounts, opened, { value: null }),
    ];
    await run(consumer, drafts, memoryDeadLetters());
    const ends = ['Applied', 'Duplicate', 'NotForMe', 'Parked', 'Retried'].map((end) =>
      total(`Records${end}`),
    );
    expect(ends).toEqual([0, 1, 2, 1, 1]);
    expect(total('UnknownEventTypes')).toBe(1);
  });
});

it('says which topics its code listens to', () => {
  expect(consume(ending({}), memoryDeadLetters()).topics).toEqual(['business-events-payments']);
});
