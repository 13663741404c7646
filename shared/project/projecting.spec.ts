import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Verdict } from '../consume/consumer.ts';
import type { NewEvent } from '../define/event.ts';
import { PermanentError, TransientError } from '../errors/mesh-error.ts';
import {
  accountEvents,
  accounts,
  Deposited,
  statementOfAccount,
  turnoverByLetter,
  Withdrawn,
  type Statement,
} from '../testing/account.ts';
import { anyDeliveries } from '../testing/any-deliveries.ts';
import { envelopeOf, envelopesOf } from '../testing/envelope-of.ts';
import { memoryProjectionStore, type MemoryProjectionStore } from '../testing/memory-projection-store.ts';
import { deliveryOf } from '../testing/msk-event.ts';
import { projecting } from './projecting.ts';
import { init, projection, when, type Projection } from './projection.ts';
import type { ProjectionStore } from './projection-store.ts';

const deliveriesOf = (id: string, events: readonly NewEvent[]): Delivery[] =>
  envelopesOf(id, events).map((event) => deliveryOf(accounts, event));

const ends = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map((verdict) =>
    verdict.kind === 'failed' ? String((verdict.error as { code?: string }).code) : verdict.kind,
  );

let store: MemoryProjectionStore;
beforeEach(() => {
  store = memoryProjectionStore();
});

const read = async <Doc>({ name }: Projection<Doc>, group: string, item = group) =>
  (await store.read<Doc>(name, [{ group, item }]))[0];

/** A store that lets something happen between a read and the write that follows from it. */
const interrupted = (inner: ProjectionStore, meanwhile: () => Promise<unknown>): ProjectionStore => ({
  ...inner,
  write: async (view, changes) => {
    await meanwhile();
    return inner.write(view, changes);
  },
});

describe('a projection as a consumer', () => {
  const [one, two, three, four] = deliveriesOf('a1', accountEvents([5, -3, 7])) as [
    Delivery,
    Delivery,
    Delivery,
    Delivery,
  ];

  it('folds the events of a batch into their documents, with the sequence as watermark', async () => {
    const verdicts = await projecting(statementOfAccount, store).process([
      one,
      ...deliveriesOf('b1', accountEvents([9])),
      two,
      three,
    ]);
    expect(ends(verdicts)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
    expect(await read(statementOfAccount, 'a1')).toEqual({
      doc: { owner: 'Ada', balance: 2, movements: [5, -3] },
      watermark: '3',
    });
    expect((await read(statementOfAccount, 'b1'))?.watermark).toBe('2');
  });

  it('reads nothing for a document that begins in the batch, and writes once for each', async () => {
    const calls: string[] = [];
    const counting: ProjectionStore = {
      ...store,
      read: (view, keys) => (calls.push(`read ${keys.length}`), store.read(view, keys)),
      write: (view, changes) => (calls.push(`write ${changes.length}`), store.write(view, changes)),
    };
    const consumer = projecting(statementOfAccount, counting);
    await consumer.process([one, two, ...deliveriesOf('b1', accountEvents([9]))]);
    expect(calls.at(-1)).toBe('write 2');
    expect(calls.filter((call) => call !== 'read 0')).toEqual(['write 2']);
    calls.length = 0;
    await consumer.process([three, four]);
    expect(calls).toEqual(['read 1', 'write 1']);
    calls.length = 0;
    await consumer.process([three, four]);
    expect(calls).toEqual(['read 1']);
  });

  it('knows a duplicate in the same batch, in a later one, and of an event that began the document', async () => {
    const consumer = projecting(statementOfAccount, store);
    expect(ends(await consumer.process([one, one, two]))).toEqual(['applied', 'duplicate', 'applied']);
    expect(ends(await consumer.process([two, three]))).toEqual(['duplicate', 'applied']);
    expect(ends(await consumer.process([one, two, three, four]))).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'applied',
    ]);
    expect((await read<Statement>(statementOfAccount, 'a1'))?.doc.movements).toEqual([5, -3, 7]);
  });

  it('notices a missing predecessor where it takes every event, and keeps what follows from passing it', async () => {
    const consumer = projecting(statementOfAccount, store);
    const verdicts = await consumer.process([one, three, four]);
    expect(ends(verdicts)).toEqual(['applied', 'missing-predecessor', 'held']);
    expect(verdicts[1]).toMatchObject({ error: { errorClass: 'permanent' } });
    expect((await read(statementOfAccount, 'a1'))?.watermark).toBe('1');
    expect(ends(await consumer.process([two, three, four]))).toEqual(['applied', 'applied', 'applied']);
  });

  it('does not ask for a predecessor that it does not listen to', async () => {
    const deposits = projection<{ sum: number }>('test.deposits', [
      init(Deposited, ({ payload: { amount } }, doc?: { sum: number }) => ({
        sum: (doc?.sum ?? 0) + amount,
      })),
    ]);
    const verdicts = await projecting(deposits, store).process([two, four]);
    expect(ends(verdicts)).toEqual(['applied', 'applied']);
    expect(await read(deposits, 'a1')).toEqual({ doc: { sum: 12 }, watermark: '4' });
  });

  it('keeps one watermark for each aggregate where a document takes in several', async () => {
    const consumer = projecting(turnoverByLetter, store);
    const other = deliveriesOf('a2', accountEvents([1]))[1] as Delivery;
    await consumer.process([other, two, three]);
    expect(await read(turnoverByLetter, 'letters', 'a')).toEqual({
      doc: { deposits: 6, withdrawals: 3 },
      watermark: '{"test-account/a1":3,"test-account/a2":2}',
    });
    expect(ends(await consumer.process([two, other, four]))).toEqual(['duplicate', 'duplicate', 'applied']);
  });
});

describe('a step that fails', () => {
  const fragile = (error: Error) =>
    projection<{ sum: number }>('test.fragile', [
      init(Deposited, ({ payload: { amount } }, doc?: { sum: number }) => {
        if (amount === 13) throw error;
        return { sum: (doc?.sum ?? 0) + amount };
      }),
      when(Withdrawn, (doc) => doc),
    ]);
  const deposits = (id: string, amounts: readonly number[]): Delivery[] =>
    deliveriesOf(
      id,
      amounts.map((amount) => Deposited.of({ amount })),
    );

  it('holds what follows for its document, and no other', async () => {
    const verdicts = await projecting(fragile(new TransientError('x', 'x')), store).process([
      ...deposits('a1', [1, 13, 2]),
      ...deposits('b1', [4]),
    ]);
    expect(ends(verdicts)).toEqual(['applied', 'x', 'held', 'applied']);
    const documents = await store.read('test.fragile', [
      { group: 'a1', item: 'a1' },
      { group: 'b1', item: 'b1' },
    ]);
    expect(documents).toEqual([
      { doc: { sum: 1 }, watermark: '1' },
      { doc: { sum: 4 }, watermark: '1' },
    ]);
  });

  it('is a missing predecessor where an event changes a document that nothing began', async () => {
    const lone = deliveryOf(accounts, envelopeOf(Withdrawn.of({ amount: 1 }), { sequence: 7 }));
    const [verdict] = await projecting(fragile(new Error('x')), store).process([lone]);
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'missing-predecessor' } });
  });
});

describe('a store that refuses', () => {
  const [one, two] = deliveriesOf('a1', accountEvents([5])) as [Delivery, Delivery];
  const others = deliveriesOf('b1', accountEvents([6]));

  it('one document fails only what would have changed it', async () => {
    const tooBig = new PermanentError('document-refused', 'over 400 KB');
    const picky: ProjectionStore = {
      ...store,
      write: async (view, changes) => {
        const results = await store.write(
          view,
          changes.filter(({ key }) => key.item !== 'a1'),
        );
        return changes.map(({ key }) => (key.item === 'a1' ? tooBig : (results[0] ?? 'conflict')));
      },
    };
    const verdicts = await projecting(statementOfAccount, picky).process([one, two, ...others]);
    expect(ends(verdicts)).toEqual(['document-refused', 'document-refused', 'applied', 'applied']);
    expect(await read(statementOfAccount, 'a1')).toBeUndefined();
    expect(await read(statementOfAccount, 'b1')).toBeDefined();
  });

  it('again and again leaves the contended document to the next delivery', async () => {
    let rounds = 0;
    const contended: ProjectionStore = {
      ...store,
      write: async (_, changes) => ((rounds += 1), changes.map(() => 'conflict' as const)),
    };
    const verdicts = await projecting(statementOfAccount, contended).process([one, two]);
    expect(ends(verdicts)).toEqual(['contended-document', 'contended-document']);
    expect(verdicts[0]).toMatchObject({ error: { errorClass: 'transient' } });
    expect(rounds).toBe(5);
  });

  it('as a whole fails the batch', async () => {
    const down: ProjectionStore = {
      ...store,
      write: () => Promise.reject(new TransientError('down', 'no answer')),
    };
    await expect(projecting(statementOfAccount, down).process([one])).rejects.toThrow('no answer');
  });
});

const movements = fc.array(fc.integer({ min: -9, max: 9 }).filter(Boolean), { maxLength: 6 });
/** The events of some accounts: each once, and as an at-least-once topic may deliver them. */
const redelivered = fc.array(movements, { minLength: 1, maxLength: 5 }).chain((all) => {
  const streams = all.map((each, i) => envelopesOf(`${'ab'[i % 2] ?? ''}${i}`, accountEvents(each)));
  const once = streams.flat().map((event) => deliveryOf(accounts, event));
  return anyDeliveries(streams).map((batches) => ({ once, batches }));
});

/** What a projection that takes no openings gets to see. */
const heard = ({ listens }: Projection<never>, batch: readonly Delivery[]): Delivery[] =>
  batch.filter(({ event }) => listens.some(({ type }) => type === event.eventType));

describe.each([
  ['one document an aggregate', statementOfAccount as unknown as Projection<never>],
  ['documents of several aggregates', turnoverByLetter as unknown as Projection<never>],
])('however deliveries are interleaved, repeated and regrouped (%s)', (_name, rule) => {
  const inOrder = async (once: readonly Delivery[]): Promise<string> => {
    const expected = memoryProjectionStore();
    for (const delivery of heard(rule, once)) await projecting(rule, expected).process([delivery]);
    return expected.snapshot();
  };

  it('documents and watermarks are those of one pass in order, and each event is applied once', () =>
    fc.assert(
      fc.asyncProperty(redelivered, async ({ once, batches }) => {
        const actual = memoryProjectionStore();
        const verdicts: Verdict[] = [];
        for (const batch of batches) {
          verdicts.push(...(await projecting(rule, actual).process(heard(rule, batch))));
        }
        expect(verdicts.filter(({ kind }) => kind === 'failed')).toEqual([]);
        expect(verdicts.filter(({ kind }) => kind === 'applied')).toHaveLength(heard(rule, once).length);
        expect(actual.snapshot()).toBe(await inOrder(once));
      }),
      { numRuns: 300 },
    ));

  it('a conflicting writer between read and write neither loses nor doubles an effect', () =>
    fc.assert(
      fc.asyncProperty(
        redelivered,
        fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 }),
        async ({ once, batches }, prefixes) => {
          const actual = memoryProjectionStore();
          let interruptions = 0;
          // The other writer has got a different stretch of the log from the start, as after a rebalance.
          const rival = projecting(rule, actual);
          const slow = interrupted(actual, async () => {
            const upTo = prefixes[(interruptions += 1) % prefixes.length] ?? 0;
            await rival.process(heard(rule, once.slice(0, upTo)));
          });
          for (const batch of batches) {
            // What found the document contended too often is delivered again, as Lambda would.
            let failures: Verdict[] = [];
            for (let delivery = 0; delivery === 0 || failures.length > 0; delivery += 1) {
              expect(delivery).toBeLessThan(10);
              const verdicts = await projecting(rule, slow).process(heard(rule, batch));
              failures = verdicts.filter(({ kind }) => kind === 'failed');
            }
          }
          expect(actual.snapshot()).toBe(await inOrder(once));
        },
      ),
      { numRuns: 300 },
    ));
});
