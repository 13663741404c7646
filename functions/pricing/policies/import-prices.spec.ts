import { expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { ProductImportStaged } from '../../product/events.ts';
import { importPrices } from './import-prices.ts';

const importId = '5f0c8f4e-6a1d-8b3c-a7e9-000000000001';
const article = { category: 'tea', sellerId: 'seller-1', name: 'Sencha', description: '' };
const price = { amount: 1_990, currency: 'EUR' };
const staged = (
  lines: readonly { line: number; fields: typeof article & { sku: string; price?: typeof price } }[],
) =>
  envelopeOf(
    ProductImportStaged.of({
      importId,
      fileName: 'tea.csv',
      chunk: 1,
      chunks: 1,
      lines: [...lines],
      rejected: [],
    }),
  );

it('takes the prices of those lines of a file of products that have one', () => {
  const lines = [
    { line: 2, fields: { ...article, sku: 'tea-1', price } },
    { line: 3, fields: { ...article, sku: 'tea-2' } },
  ];
  expect(importPrices.react(staged(lines))).toEqual({ importId, prices: [{ line: 2, sku: 'tea-1', price }] });
  expect(importPrices.react(staged(lines.slice(1)))).toBeUndefined();
});
