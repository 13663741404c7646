import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reacting } from '../../../shared/consume/policy.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import { anyDeliveries } from '../../../shared/testing/any-deliveries.ts';
import { commandContext } from '../../../shared/testing/command-context.ts';
import { envelopeOf, envelopesOf, fixedClock } from '../../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../../shared/testing/memory-event-store.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { CartCheckedOut, CartItemAdded } from '../../shopping/events.ts';
import { order as definition, OrderSubmitted } from '../events.ts';
import { createOrder, order } from '../order.ts';
import { orderOnCheckout } from './order-on-checkout.ts';

const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const orderIdOf = (customerId: string, n: number) => `${customerId}.00000000-0000-8000-8000-00000000000${n}`;

const orders = () => {
  const store = memoryEventStore();
  const run = commandHandler(store, fixedClock());
  const consumer = () =>
    reacting(orderOnCheckout, (cart, context) =>
      run.execute(order, cart.orderId, context, (state) => createOrder(state, cart.order)),
    );
  return { store, consumer, run };
};

describe('a checked-out cart', () => {
  const customerId = 'ada';
  const orderId = orderIdOf(customerId, 1);
  const lines = [
    { sku: 'chair', quantity: 2, unitPrice: EUR(2_550), promotionId: 'spring' },
    { sku: 'table', quantity: 1, unitPrice: EUR(9_000) },
  ];
  const checkout = {
    customerId,
    orderId,
    lines,
    total: EUR(14_100),
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  };
  const event = envelopeOf(CartCheckedOut.of(checkout), { aggregateId: customerId, sequence: 3 });

  it('becomes a submitted order, at the prices quoted and with the address still sealed', async () => {
    const { store, consumer } = orders();
    expect(await consumer().process([{ key: customerId, event }])).toEqual([{ kind: 'applied' }]);
    const [commit] = await store.load(definition, orderId);
    expect(commit?.events.map(({ eventType, payload }) => ({ eventType, payload }))).toEqual([
      { eventType: 'OrderCreatedEvent', payload: { customerId, currency: 'EUR' } },
      { eventType: 'OrderItemAddedEvent', payload: { line: lines[0] } },
      { eventType: 'OrderItemAddedEvent', payload: { line: lines[1] } },
      {
        eventType: 'OrderSubmittedEvent',
        payload: {
          customerId,
          lines,
          total: EUR(14_100),
          deliveryAddress: checkout.deliveryAddress,
          paymentMethod: 'card-ok',
        },
      },
    ]);
    expect(commit?.events[3]?.metadata).toMatchObject({ causationId: event.eventId });
  });

  it('does not take the id of an order that exists', async () => {
    const { consumer, run } = orders();
    const draft = { customerId, currency: 'EUR', lines: [], submit: false };
    await run.execute(order, orderId, commandContext('another'), (state) => createOrder(state, draft));
    expect(await consumer().process([{ key: customerId, event }])).toMatchObject([{ kind: 'refused' }]);
  });
});

it('does nothing while a cart is being filled', () => {
  const added = CartItemAdded.of({ customerId: 'ada', sku: 'chair', quantity: 1 });
  expect(orderOnCheckout.react(envelopeOf(added))).toBeUndefined();
});

const anyLines = fc.uniqueArray(
  fc.record({
    sku: fc.constantFrom('chair', 'table', 'vase'),
    quantity: fc.integer({ min: 1, max: 5 }),
    unitPrice: fc.integer({ min: 0, max: 9_000 }).map(EUR),
    promotionId: fc.constantFrom('spring', undefined),
  }),
  { minLength: 1, maxLength: 3, selector: ({ sku }) => sku },
);

/** The carts of three customers, each checked out up to three times with other things in it. */
const anyCheckouts = fc
  .array(fc.array(anyLines, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .map((carts) =>
    carts.map((checkouts, c) => {
      const customerId = `customer-${c}`;
      return checkouts.map((lines, n) => ({
        customerId,
        orderId: orderIdOf(customerId, n),
        lines,
        total: EUR(lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0)),
        deliveryAddress: sealedForTest(customerId),
        paymentMethod: 'card-ok',
      }));
    }),
  );

const byOrder = (a: { readonly orderId: string }, b: { readonly orderId: string }) =>
  a.orderId < b.orderId ? -1 : 1;

it('makes exactly one order of each check-out, at its prices, whatever comes when, how often and to how many', async () => {
  const anyCourse = anyCheckouts.chain((carts) =>
    anyDeliveries(
      carts.map((checkouts) =>
        envelopesOf(
          checkouts[0]?.customerId ?? '',
          checkouts.map((checkout) => CartCheckedOut.of(checkout)),
        ),
      ),
    ).map((batches) => ({ carts, batches })),
  );
  await fc.assert(
    fc.asyncProperty(anyCourse, async ({ carts, batches }) => {
      const { store, consumer } = orders();
      for (const batch of batches) {
        // Two at once, as after a rebalance that the one before did not notice yet.
        const verdicts = await Promise.all([consumer().process(batch), consumer().process(batch)]);
        expect(verdicts.flat().filter(({ kind }) => kind !== 'applied')).toEqual([]);
      }
      const submitted: { readonly orderId: string }[] = [];
      for await (const event of store.readAll())
        if (OrderSubmitted.is(event)) submitted.push({ orderId: event.aggregateId, ...event.payload });
      expect(submitted.sort(byOrder)).toEqual(carts.flat().sort(byOrder));
    }),
    { numRuns: 40 },
  );
});
