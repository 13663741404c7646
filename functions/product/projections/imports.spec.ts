import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  productImport,
  ProductImportCompleted,
  ProductImportProgressed,
  ProductImportStaged,
} from '../events.ts';
import { imports } from './imports.ts';

const fields = { sku: 'tea-1', category: 'tea', sellerId: 'seller-1', name: 'Sencha', description: '' };
const refused = [{ line: 2, reason: 'the SKU has a product already' }];
const streamOf = (importId: string) =>
  envelopesOf(importId, [
    ProductImportStaged.of({
      importId,
      fileName: 'tea.csv',
      chunk: 1,
      chunks: 1,
      lines: [{ line: 2, fields }],
      rejected: [{ line: 3, reason: 'name is missing' }],
    }),
    ProductImportProgressed.of({ importId, chunk: 1, applied: 0, refused }),
    ProductImportCompleted.of({ importId, applied: 0, refused: 1, rejected: 1 }),
  ]);
const ids = [1, 2].map((n) => `5f0c8f4e-6a1d-8b3c-a7e9-00000000000${n}`);
const streams = ids.map(streamOf);
const inOrder = streams.flat().map((event) => deliveryOf(productImport, event));

it('shows what became of every line', async () => {
  const store = memoryProjectionStore();
  await projecting(imports, store).process(inOrder);
  const [item = ''] = ids;
  expect(await findDocument(store, imports, { group: item, item })).toMatchObject({
    status: 'completed',
    lines: { total: 2, applied: 0, refused: 1, rejected: 1 },
    refused,
    sequence: 3,
  });
});

it('comes to the same imports however the events are delivered', () =>
  expectSameHoweverDelivered(imports, streams));
