import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { allDocuments } from '../../shared/project/find-document.ts';
import { envelopeOf, fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { OrderSubmitted } from '../order/events.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../payment/events.ts';
import { SaleBooked, SaleReversed } from './events.ts';
import { followOrders } from './policies/follow-orders.ts';
import { followPayments } from './policies/follow-payments.ts';
import { skuSales } from './projections/sku-sales.ts';
import { openSale, sale, settleSale } from './sale.ts';

const skus = ['chair', 'table', 'vase'];
const EUR = (amount: number) => ({ amount, currency: 'EUR' });

/** What became of an order's payment; of some, only part has been told yet. */
const courses = ['none', 'failed', 'paid', 'refunded'] as const;

const anyOrder = fc.record({
  submitted: fc.boolean(),
  payment: fc.constantFrom(...courses),
  lines: fc.uniqueArray(
    fc.record({
      sku: fc.constantFrom(...skus),
      quantity: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 0, max: 900 }),
    }),
    { minLength: 1, maxLength: 3, selector: ({ sku }) => sku },
  ),
});
type Order = typeof anyOrder extends fc.Arbitrary<infer Value> ? Value : never;

const orderIdOf = (n: number) => `ada.00000000-0000-8000-8000-00000000000${n}`;

const told = (order: Order, n: number) => {
  const orderId = orderIdOf(n);
  const payment = { orderId, customerId: 'ada', amount: EUR(1) };
  const paid = PaymentProcessed.of({ ...payment, chargeId: 'ch-1' });
  const failed = PaymentFailed.of({ ...payment, reason: 'declined' });
  const refunded = PaymentRefunded.of({ ...payment, refundId: 're-1', reason: 'cancelled' });
  const payments: Readonly<Record<Order['payment'], readonly NewEvent[]>> = {
    none: [],
    failed: [failed],
    paid: [paid],
    refunded: [paid, refunded],
  };
  const submitted = OrderSubmitted.of({
    customerId: 'ada',
    lines: order.lines.map(({ price, ...line }) => ({ ...line, unitPrice: EUR(price) })),
    total: EUR(1),
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  });
  const place = { aggregateId: orderId };
  return [
    ...(order.submitted ? [envelopeOf(submitted, { ...place, sequence: 3 })] : []),
    ...payments[order.payment].map((event, i) => envelopeOf(event, { ...place, sequence: i + 1 })),
  ];
};

/**
 * Every event at least once, in any order at all, also that of its own aggregate: a record that was parked and
 * redriven by hand comes after its successors.
 */
const anyCourse = fc.array(anyOrder, { minLength: 1, maxLength: 5 }).chain((orders) => {
  const events = orders.flatMap(told);
  const again = fc.array(fc.nat(Math.max(0, events.length - 1)), { maxLength: 10 });
  return again
    .map((repeats) => [...events, ...repeats.flatMap((i) => events[i] ?? [])])
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((deliveries) => ({ orders, deliveries }));
});

const soldOf = (orders: readonly Order[], sku: string): number =>
  orders
    .filter(({ submitted, payment }) => submitted && payment === 'paid')
    .flatMap(({ lines }) => lines.filter((line) => line.sku === sku))
    .reduce((sum, { price, quantity }) => sum + price * quantity, 0);

it('nets every SKU to the lines of orders that are paid and not refunded, whatever is told when and how often', async () => {
  await fc.assert(
    fc.asyncProperty(anyCourse, async ({ orders, deliveries }) => {
      const events = memoryEventStore();
      const run = commandHandler(events, fixedClock());
      const consumers = [
        reacting(followOrders, (order, on) =>
          run.execute(sale, order.orderId, on, (s) => openSale(s, order)),
        ),
        reacting(followPayments, (told, on) =>
          run.execute(sale, told.orderId, on, (s) => settleSale(s, told)),
        ),
      ];
      for (const event of deliveries) {
        for (const consumer of consumers) {
          if (!consumer.listens.some((definition) => definition.is(event))) continue;
          expect(await consumer.process([{ key: event.aggregateId, event }])).toEqual([{ kind: 'applied' }]);
        }
      }

      const store = memoryProjectionStore();
      for await (const event of events.readAll()) {
        if (!SaleBooked.is(event) && !SaleReversed.is(event)) continue;
        await projecting(skuSales, store).process([{ key: event.aggregateId, event }]);
      }
      for (const sku of skus) {
        const documents = await allDocuments(store, skuSales, sku);
        const nets = documents.flatMap(({ totals }) => totals.map(({ net }) => net));
        expect(
          nets.reduce((sum, net) => sum + net, 0),
          sku,
        ).toBe(soldOf(orders, sku));
      }
    }),
    { numRuns: 200 },
  );
});
