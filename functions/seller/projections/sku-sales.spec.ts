import fc from 'fast-check';
import { expect, it } from 'vitest';
import { uuidFrom } from '../../../shared/define/clock.ts';
import { idWithinCustomer } from '../../../shared/define/event.ts';
import { orderId as orderIdSchema } from '../../../shared/define/identifiers.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { sale, SaleBooked, SaleOpened, SalePaid, SaleRefunded, SaleReversed } from '../events.ts';
import { shardOf, skuSales } from './sku-sales.ts';

const orderOf = (n: number, shard: string) => `ada.0000000${n}-0000-8000-8000-0000000000${shard}`;

/** A sale of two lines on the last minute of a day; what is refunded is refunded after midnight. */
const saleOf = (n: number, shard: string, currency: string, refunded: boolean) => {
  const orderId = orderOf(n, shard);
  const lines = [
    { sku: 'chair', quantity: n, amount: { amount: 100 * n, currency } },
    { sku: 'table', quantity: 1, amount: { amount: 1_000, currency } },
  ];
  const evening = [
    SaleOpened.of({ orderId, lines }),
    SalePaid.of({ orderId }),
    ...lines.map((line) => SaleBooked.of({ orderId, ...line })),
  ];
  const morning = [
    SaleRefunded.of({ orderId }),
    ...lines.map((line) => SaleReversed.of({ orderId, ...line })),
  ];
  return [...evening, ...(refunded ? morning : [])].map((event, i) =>
    envelopeOf(event, {
      aggregateId: orderId,
      sequence: i + 1,
      occurredOn: i < evening.length ? '2026-03-01T23:59:59.999Z' : '2026-03-02T00:00:00.000Z',
    }),
  );
};

const streams = [
  saleOf(1, 'a7', 'EUR', false),
  saleOf(2, 'a7', 'EUR', true),
  saleOf(3, 'a7', 'CHF', true),
  saleOf(4, 'b0', 'EUR', true),
];
/** What the projection does not listen to is passed over before it. */
const heard = streams.map((events) =>
  events.filter((event) => SaleBooked.is(event) || SaleReversed.is(event)),
);
const inOrder = heard.flat().map((event) => deliveryOf(sale, event));

it('adds up what was sold of a SKU on a day in one shard, in each currency', async () => {
  const store = memoryProjectionStore();
  await projecting(skuSales, store).process(inOrder);
  expect(await findDocument(store, skuSales, { group: 'chair', item: '2026-03-01#a7' })).toEqual({
    sku: 'chair',
    day: '2026-03-01',
    totals: [
      { currency: 'CHF', booked: 300, reversed: 0, net: 300, pieces: 3 },
      { currency: 'EUR', booked: 300, reversed: 0, net: 300, pieces: 3 },
    ],
  });
});

it('spreads a day over the shards that its orders name', async () => {
  const store = memoryProjectionStore();
  await projecting(skuSales, store).process(inOrder);
  expect(await findDocument(store, skuSales, { group: 'chair', item: '2026-03-01#b0' })).toEqual({
    sku: 'chair',
    day: '2026-03-01',
    totals: [{ currency: 'EUR', booked: 400, reversed: 0, net: 400, pieces: 4 }],
  });
});

it('counts a reversal on its own day, in the shard of its order', async () => {
  const store = memoryProjectionStore();
  await projecting(skuSales, store).process(inOrder);
  expect(await findDocument(store, skuSales, { group: 'table', item: '2026-03-02#a7' })).toEqual({
    sku: 'table',
    day: '2026-03-02',
    totals: [
      { currency: 'CHF', booked: 0, reversed: 1_000, net: -1_000, pieces: -1 },
      { currency: 'EUR', booked: 0, reversed: 1_000, net: -1_000, pieces: -1 },
    ],
  });
});

it('comes to the same sums however the events are delivered', () =>
  expectSameHoweverDelivered(skuSales, heard));

it('takes more sales of a SKU on a day than one document could hold', async () => {
  const store = memoryProjectionStore();
  const sales = Array.from({ length: 10_000 }, (_, i) => {
    const orderId = idWithinCustomer('ada', uuidFrom(`order ${i}`));
    const booked = SaleBooked.of({
      orderId,
      sku: 'chair',
      quantity: 1,
      amount: { amount: 1, currency: 'EUR' },
    });
    return deliveryOf(sale, envelopeOf(booked, { aggregateId: orderId, sequence: 3 }));
  });
  await projecting(skuSales, store).process(sales);
  const weights = store
    .snapshot()
    .split('\n')
    .map((document) => document.length);
  expect(weights).toHaveLength(256);
  // As even as chance makes it: none holds twice its share.
  const share = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  expect(Math.max(...weights)).toBeLessThan(2 * share);
});

it('finds a shard for every id that an order may have', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}\.[0-9a-f-]{36}$/), (id) => {
      expect(orderIdSchema.safeParse(id).success).toBe(true);
      expect(shardOf(id)).toMatch(/^[0-9a-f]{2}$/);
    }),
  );
  expect(shardOf(`zoo.${'-'.repeat(36)}`)).toBe('00');
  expect(shardOf(`ada.${'-'.repeat(34)}f-`)).toMatch(/^[0-9a-f]{2}$/);
});
