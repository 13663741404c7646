import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../events.ts';
import { paymentOfOrder } from './payment-of-order.ts';

const orderOf = (n: number) => `C-${n}.00000000-0000-8000-8000-000000000001`;
const ofOrder = (n: number) => ({
  orderId: orderOf(n),
  customerId: `C-${n}`,
  amount: { amount: 1999, currency: 'EUR' },
});

const processed = (n: number) => PaymentProcessed.of({ ...ofOrder(n), chargeId: `ch-${n}` });
const failed = (n: number) => PaymentFailed.of({ ...ofOrder(n), reason: 'insufficient-funds' });
const refunded = (n: number) =>
  PaymentRefunded.of({ ...ofOrder(n), refundId: `re-${n}`, reason: 'no carrier' });

const view = async (events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  const deliveries = envelopesOf(orderOf(1), events).map((event) => ({ key: orderOf(1), event }));
  await projecting(paymentOfOrder, store).process(deliveries);
  return findDocument(store, paymentOfOrder, { group: orderOf(1), item: orderOf(1) });
};

describe('payment of an order', () => {
  it('takes every event of a payment, so that a missing one shows', () => {
    expect(paymentOfOrder.complete).toBe(true);
  });

  it('is processed, with its charge', async () => {
    expect(await view([processed(1)])).toStrictEqual({
      ...ofOrder(1),
      status: 'processed',
      chargeId: 'ch-1',
      updatedAt: '2026-03-01T12:00:00.000Z',
      sequence: 1,
    });
  });

  it('has failed, with its reason', async () => {
    expect(await view([failed(1)])).toMatchObject({
      status: 'failed',
      reason: 'insufficient-funds',
      sequence: 1,
    });
  });

  it('is refunded, with charge, refund and reason', async () => {
    expect(await view([processed(1), refunded(1)])).toStrictEqual({
      ...ofOrder(1),
      status: 'refunded',
      chargeId: 'ch-1',
      refundId: 're-1',
      reason: 'no carrier',
      updatedAt: '2026-03-01T12:00:00.001Z',
      sequence: 2,
    });
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const histories = [[processed(1), refunded(1)], [failed(2)], [processed(3)], [processed(4), refunded(4)]];
    const streams = histories.map((events, i) => envelopesOf(orderOf(i + 1), events));
    await expectSameHoweverDelivered(paymentOfOrder, streams);
  });
});
