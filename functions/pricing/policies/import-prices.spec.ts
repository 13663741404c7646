import { expect, it } from 'vitest';
import { reacting } from '../../../shared/consume/policy.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import { commandContext } from '../../../shared/testing/command-context.ts';
import { envelopeOf, fixedClock } from '../../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { productImport, ProductImportStaged } from '../../product/events.ts';
import { price as definition, setPrice } from '../price.ts';
import { setImportedPrices } from '../set-imported-prices.ts';
import { importPrices } from './import-prices.ts';

const importId = '5f0c8f4e-6a1d-8b3c-a7e9-000000000001';
const article = { category: 'tea', sellerId: 'seller-1', name: 'Sencha', description: '' };
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const price = eur(1_990);
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
    { aggregateId: importId },
  );

it('takes the prices of those lines of a file of products that have one', () => {
  const lines = [
    { line: 2, fields: { ...article, sku: 'tea-1', price } },
    { line: 3, fields: { ...article, sku: 'tea-2' } },
  ];
  expect(importPrices.react(staged(lines))).toEqual({ importId, prices: [{ line: 2, sku: 'tea-1', price }] });
  expect(importPrices.react(staged(lines.slice(1)))).toBeUndefined();
});

/** A shop where tea costs 100, and the staged lines of a file that say what it costs, from line 2 on. */
const shop = async (...amounts: readonly number[]) => {
  const run = commandHandler(memoryEventStore(), fixedClock());
  const set = (amount: number) =>
    run.execute(definition, 'tea', commandContext(`set ${amount}`), (state) =>
      setPrice('tea', state, { price: eur(amount) }, new Date(0)),
    );
  const consumer = reacting(importPrices, setImportedPrices(run, fixedClock()));
  const lines = amounts.map((amount, i) => ({
    line: i + 2,
    fields: { ...article, sku: 'tea', price: eur(amount) },
  }));
  await set(100);
  return {
    set,
    deliver: async () =>
      expect(await consumer.process([deliveryOf(productImport, staged(lines))])).toStrictEqual([
        { kind: 'applied' },
      ]),
    amount: async () => (await run.state(definition, 'tea')).current?.price.amount,
  };
};

it('sets what a line says once: lines that come again undo no newer price, also where they changed nothing', async () => {
  const { set, deliver, amount } = await shop(100);
  await deliver();
  await set(120);
  await deliver();
  expect(await amount()).toBe(120);
});

it('sets the prices of one SKU in the order of their lines, however often the lines come', async () => {
  const { deliver, amount } = await shop(100, 200);
  await deliver();
  await deliver();
  expect(await amount()).toBe(200);
});
