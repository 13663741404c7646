import { describe, expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { stockImport, StockImportCompleted, StockImportProgressed, StockImportStaged } from '../events.ts';
import { imports } from './imports.ts';

const problems = (from: number, count: number, reason = 'quantity is missing') =>
  Array.from({ length: count }, (_, i) => ({ line: from + i, reason }));

const streamOf = (importId: string, chunks = 2, rejected = 1) =>
  envelopesOf(importId, [
    ...Array.from({ length: chunks }, (_, i) =>
      StockImportStaged.of({
        importId,
        fileName: 'stock.csv',
        chunk: i + 1,
        chunks,
        lines: [
          { line: 100 * i + 2, fields: { sku: 'sku-1', quantity: 1 } },
          { line: 100 * i + 3, fields: { sku: 'sku-2', quantity: 1 } },
        ],
        rejected: problems(100 * i + 4, rejected),
      }),
    ),
    StockImportProgressed.of({ importId, chunk: 1, applied: 2, refused: [] }),
    StockImportProgressed.of({ importId, chunk: 2, applied: 1, refused: problems(102, 1, 'no') }),
    StockImportCompleted.of({ importId, applied: 3, refused: 1, rejected: 2 * rejected }),
  ]);

const [one, two, three] = [1, 2, 3].map((n) => `5f0c8f4e-6a1d-8b3c-a7e9-00000000000${n}`) as [
  string,
  string,
  string,
];
const fold = async (events: ReturnType<typeof streamOf>) => {
  const store = memoryProjectionStore();
  await projecting(imports, store).process(events.map((event) => deliveryOf(stockImport, event)));
  const { aggregateId = '' } = events[0] ?? {};
  return findDocument(store, imports, { group: aggregateId, item: aggregateId });
};

describe('an import', () => {
  it('shows what became of every line', async () => {
    expect(await fold(streamOf(one))).toEqual({
      importId: one,
      fileName: 'stock.csv',
      status: 'completed',
      lines: { total: 6, applied: 3, refused: 1, rejected: 2 },
      chunks: { total: 2, worked: 2 },
      rejected: [
        { line: 4, reason: 'quantity is missing' },
        { line: 104, reason: 'quantity is missing' },
      ],
      refused: [{ line: 102, reason: 'no' }],
      startedAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.004Z',
      sequence: 5,
    });
  });

  it('shows how far it has come', async () => {
    const stream = streamOf(one);
    expect(await fold(stream.slice(0, 1))).toMatchObject({ status: 'staging', lines: { total: 3 } });
    expect(await fold(stream.slice(0, 3))).toMatchObject({
      status: 'working',
      chunks: { total: 2, worked: 1 },
    });
  });

  it('counts every problem, and lists as many as a document has room for', async () => {
    const doc = await fold(streamOf(one, 20, 50));
    expect(doc?.lines.rejected).toBe(1_000);
    expect(doc?.rejected).toHaveLength(500);
  });
});

it('comes to the same imports however the events are delivered', async () => {
  const streams = [streamOf(one), streamOf(two).slice(0, 4), streamOf(three).slice(0, 2)];
  await expectSameHoweverDelivered(imports, streams);
});
