import { describe, expect, it } from 'vitest';
import { StockReceived, InventoryReserved } from '../../../functions/inventory/events.ts';
import { OrderCancelled, OrderConfirmed, OrderSubmitted } from '../../../functions/order/events.ts';
import { PaymentProcessed } from '../../../functions/payment/events.ts';
import { PriceSet } from '../../../functions/pricing/events.ts';
import { PromotionCreated, PromotionRedeemed } from '../../../functions/promotion/events.ts';
import { ReviewPublished } from '../../../functions/review/events.ts';
import { CartCheckedOut } from '../../../functions/shopping/events.ts';
import type { NewEvent } from '../../../shared/define/event.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { bookOfDay } from './book-of-day.ts';
import { checkBook } from './check-book.ts';

const customerId = 'ada';
const orderId = 'ada.00000000-0000-8000-8000-000000000001';
const money = (amount: number) => ({ amount, currency: 'EUR' });
const lines = [{ sku: 'tea', quantity: 2, unitPrice: money(400), promotionId: 'spring' }];
const sealed = `sealed.1.${'i'.repeat(16)}.${'c'.repeat(40)}`;

const checkedOut = CartCheckedOut.of({
  customerId,
  orderId,
  lines,
  total: money(800),
  deliveryAddress: sealed,
  paymentMethod: 'card-ok',
});
const submitted = (change: object = {}) =>
  OrderSubmitted.of({
    customerId,
    lines,
    total: money(800),
    deliveryAddress: sealed,
    paymentMethod: 'card-ok',
    ...change,
  });
const around: [string, NewEvent][] = [
  ['tea', StockReceived.of({ sku: 'tea', quantity: 5 })],
  ['tea', PriceSet.of({ sku: 'tea', price: money(400), basePrice: money(500), promotionId: 'spring' })],
  [
    'spring',
    PromotionCreated.of({ promotionId: 'spring', name: 'Spring', skus: ['tea'], percent: 20, limit: 1 }),
  ],
];
const good: [string, NewEvent][] = [
  ...around,
  ['ada', checkedOut],
  [orderId, submitted()],
  ['tea', InventoryReserved.of({ sku: 'tea', orderId, quantity: 2 })],
  [orderId, PaymentProcessed.of({ orderId, customerId, amount: money(800), chargeId: 'ch-1' })],
  [orderId, OrderConfirmed.of({ customerId, total: money(800) })],
  ['spring', PromotionRedeemed.of({ promotionId: 'spring', orderId, customerId })],
];

const deviations = (events: readonly [string, NewEvent][]) =>
  checkBook(
    bookOfDay(events.map(([aggregateId, event], i) => envelopeOf(event, { aggregateId, sequence: i + 1 }))),
  );
const without = (definition: NewEvent['definition']) =>
  good.filter(([, event]) => event.definition !== definition);

describe('the book of a day', () => {
  it('finds nothing wrong with a day on which all is well, however often its records are repeated', () => {
    const records = good.map(([aggregateId, event], i) =>
      envelopeOf(event, { aggregateId, sequence: i + 1 }),
    );
    expect(checkBook(bookOfDay([...records, ...records]))).toEqual([]);
  });

  it.each<[string, readonly [string, NewEvent][], string]>([
    ['a check-out without its order', without(OrderSubmitted), 'became no order'],
    [
      'an order at another price',
      [...without(OrderSubmitted), [orderId, submitted({ lines: [{ ...lines[0], unitPrice: money(500) }] })]],
      'is not what was checked out',
    ],
    ['a price that nobody ever set', without(PriceSet), 'never had that price'],
    ['an order submitted twice', [...good, [orderId, submitted()]], 'became several orders'],
    ['an order that has not ended', without(OrderConfirmed), 'has not ended'],
    ['an order that nobody paid for', without(PaymentProcessed), 'paid 0 instead of 800'],
    [
      'a cancelled order that keeps its redemption',
      [...good, [orderId, OrderCancelled.of({ customerId, reason: 'x', lines })]],
      'redemption of cancelled order',
    ],
    [
      'more redemptions than the limit',
      [
        ...good,
        [
          'spring',
          PromotionRedeemed.of({ promotionId: 'spring', orderId: orderId.replace('1', '2'), customerId }),
        ],
      ],
      'is redeemed 2 times',
    ],
    [
      'more sold than there was',
      [...without(StockReceived), ['tea', StockReceived.of({ sku: 'tea', quantity: 1 })]],
      '2 of 1 sold',
    ],
    [
      'stock held for no order',
      [
        ...good,
        ['tea', InventoryReserved.of({ sku: 'tea', orderId: orderId.replace('1', '2'), quantity: 1 })],
      ],
      '3 held or sold, 2 ordered',
    ],
    [
      'a review by somebody who has not got it',
      [...good, ['tea.ada', ReviewPublished.of({ sku: 'tea', customerId, stars: 5 })]],
      'without having got it',
    ],
  ])('names %s', (_, events, deviation) => {
    expect(deviations(events).join('\n')).toContain(deviation);
  });
});
