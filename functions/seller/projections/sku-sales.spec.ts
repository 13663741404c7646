import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { sale, SaleBooked, SaleOpened, SalePaid, SaleRefunded, SaleReversed } from '../events.ts';
import { skuSales } from './sku-sales.ts';

const orderOf = (n: number) => `ada.00000000-0000-8000-8000-00000000000${n}`;

/** A sale of two lines on the last minute of a day; what is refunded is refunded after midnight. */
const saleOf = (n: number, currency: string, refunded: boolean) => {
  const orderId = orderOf(n);
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

const streams = [saleOf(1, 'EUR', false), saleOf(2, 'EUR', true), saleOf(3, 'CHF', true)];
/** What the projection does not listen to is passed over before it. */
const heard = streams.map((events) =>
  events.filter((event) => SaleBooked.is(event) || SaleReversed.is(event)),
);
const inOrder = heard.flat().map((event) => deliveryOf(sale, event));

it('adds up what was sold of a SKU on a day, in each currency', async () => {
  const store = memoryProjectionStore();
  await projecting(skuSales, store).process(inOrder);
  expect(await findDocument(store, skuSales, { group: 'chair', item: '2026-03-01' })).toEqual({
    sku: 'chair',
    day: '2026-03-01',
    totals: [
      { currency: 'CHF', booked: 300, reversed: 0, net: 300, pieces: 3 },
      { currency: 'EUR', booked: 300, reversed: 0, net: 300, pieces: 3 },
    ],
  });
});

it('counts a reversal on its own day', async () => {
  const store = memoryProjectionStore();
  await projecting(skuSales, store).process(inOrder);
  expect(await findDocument(store, skuSales, { group: 'table', item: '2026-03-02' })).toEqual({
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
