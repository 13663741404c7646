import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { OrderCancelled, OrderConfirmed, OrderSubmitted } from '../../order/events.ts';
import { followOrders } from './follow-orders.ts';

const customerId = 'C-1';
const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const unitPrice = { amount: 500, currency: 'EUR' };
const line = (sku: string, promotionId?: string) => ({
  sku,
  quantity: 1,
  unitPrice,
  ...(promotionId !== undefined && { promotionId }),
});
const lines = [line('A', 'SPRING'), line('B'), line('C', 'CHAIRS'), line('D', 'SPRING')];

const submitted = (of: typeof lines) =>
  OrderSubmitted.of({
    customerId,
    lines: of,
    total: { amount: 500 * of.length, currency: 'EUR' },
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  });
const cancelled = (of: typeof lines) =>
  OrderCancelled.of({ customerId, reason: 'changed my mind', lines: of });
const react = (event: NewEvent) => followOrders.react(envelopeOf(event, { aggregateId: orderId }));

describe('follow-orders', () => {
  it('redeems each promotion of a submitted order once, however many lines are under it', () => {
    expect(react(submitted(lines))).toStrictEqual({
      command: 'RedeemPromotion',
      orderId,
      customerId,
      promotionIds: ['SPRING', 'CHAIRS'],
    });
  });

  it('releases them when the order is cancelled', () => {
    expect(react(cancelled(lines))).toStrictEqual({
      command: 'ReleaseRedemption',
      orderId,
      customerId,
      promotionIds: ['SPRING', 'CHAIRS'],
    });
  });

  it('has nothing to do for an order without promotions, or one that was never submitted', () => {
    expect(react(submitted([line('A')]))).toBeUndefined();
    expect(react(cancelled([line('A')]))).toBeUndefined();
    expect(react(cancelled([]))).toBeUndefined();
    expect(react(OrderConfirmed.of({ customerId, total: unitPrice }))).toBeUndefined();
  });
});
