import { expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { OrderCancelled, OrderSubmitted } from '../../order/events.ts';
import { SaleOpened } from '../events.ts';
import { followOrders } from './follow-orders.ts';

const orderId = 'ada.00000000-0000-8000-8000-000000000001';
const line = {
  sku: 'chair',
  quantity: 2,
  unitPrice: { amount: 2_550, currency: 'EUR' },
  promotionId: 'spring',
};

it('opens a sale with what each line of a submitted order came to', () => {
  const submitted = OrderSubmitted.of({
    customerId: 'ada',
    lines: [line],
    total: { amount: 5_100, currency: 'EUR' },
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  });
  const action = followOrders.react(envelopeOf(submitted, { aggregateId: orderId }));
  expect(action).toStrictEqual({
    orderId,
    lines: [{ sku: 'chair', quantity: 2, amount: { amount: 5_100, currency: 'EUR' } }],
  });
  expect(SaleOpened.schema.parse(action)).toStrictEqual(action);
});

it('leaves a cancelled order to its payment', () => {
  const cancelled = OrderCancelled.of({ customerId: 'ada', reason: 'changed my mind', lines: [line] });
  expect(followOrders.react(envelopeOf(cancelled, { aggregateId: orderId }))).toBeUndefined();
});
