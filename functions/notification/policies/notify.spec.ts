import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { DeliveryArranged, DeliveryCompleted, DeliveryDispatched } from '../../delivery/events.ts';
import { OrderCancelled, OrderCompleted, OrderConfirmed, OrderCreated } from '../../order/events.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';
import { NotificationSent, PreferencesSet } from '../events.ts';
import { kindSchema } from '../kinds.ts';
import { notify } from './notify.ts';

const customerId = 'ada';
const orderId = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const amount = { amount: 123_450, currency: 'EUR' };
const address = sealedForTest('address');
const lines = [{ sku: 'chair', quantity: 2 }];

const react = (event: NewEvent) => {
  const envelope = envelopeOf(event, { aggregateId: orderId });
  return { envelope, message: notify.react(envelope) };
};

const told: readonly (readonly [NewEvent, string, string, string])[] = [
  [OrderConfirmed.of({ customerId, total: amount }), 'order-confirmed', 'is confirmed', 'EUR 1,234.50'],
  [
    OrderCancelled.of({ customerId, reason: 'out of stock', lines: [] }),
    'order-cancelled',
    'is cancelled',
    'has been cancelled.',
  ],
  [OrderCompleted.of({ customerId }), 'order-completed', 'is complete', 'has been delivered'],
  [
    PaymentFailed.of({ orderId, customerId, amount, reason: 'declined' }),
    'payment-failed',
    'failed',
    'EUR 1,234.50',
  ],
  [
    PaymentRefunded.of({ orderId, customerId, amount, refundId: 're-1', reason: 'cancelled' }),
    'payment-refunded',
    'A refund',
    'EUR 1,234.50',
  ],
  [
    DeliveryDispatched.of({ orderId, customerId, trackingId: 'track-1', lines }),
    'delivery-dispatched',
    'is on its way',
    'track-1',
  ],
  [DeliveryCompleted.of({ orderId, customerId }), 'delivery-completed', 'has arrived', 'has been delivered'],
];

describe('a turning point of an order', () => {
  it.each(told.map(([event, kind, subject, body]) => ({ event, kind, subject, body })))(
    'is told as $kind',
    ({ event, kind, subject, body }) => {
      const { envelope, message } = react(event);
      expect(message).toMatchObject({ customerId, kind, causeEventId: envelope.eventId });
      expect(message?.subject).toContain(subject);
      expect(message?.subject).toContain(orderId);
      expect(message?.body).toContain(body);
      expect(message?.body).toMatch(/^[^\r]+\n$/);
    },
  );

  it('fits the record of it, whatever the longest order id', () => {
    const longest = `${'a'.repeat(40)}.${orderId.slice(4)}`;
    for (const [event, kind] of told) {
      const { eventId: causeEventId, ...rest } = envelopeOf(event, { aggregateId: longest });
      const subject = notify.react({ ...rest, eventId: causeEventId })?.subject;
      expect(
        NotificationSent.schema.safeParse({ customerId, kind, subject, causeEventId }).error,
      ).toBeUndefined();
    }
  });

  it('can be muted, each by its own name', () => {
    const kinds = told.map(([, kind]) => kind);
    expect(kinds.toSorted()).toEqual(kindSchema.options.toSorted());
    expect(
      PreferencesSet.schema.safeParse({ customerId, email: sealedForTest('a'), muted: kinds }).success,
    ).toBe(true);
  });
});

it("keeps the system's own reasons to itself", () => {
  const reason = 'ArrangeDelivery failed: States.Timeout';
  for (const event of [
    OrderCancelled.of({ customerId, reason, lines: [] }),
    PaymentFailed.of({ orderId, customerId, amount, reason }),
    PaymentRefunded.of({ orderId, customerId, amount, refundId: 're-1', reason }),
  ]) {
    expect(JSON.stringify(react(event).message)).not.toContain('States');
  }
});

it.each([
  OrderCreated.of({ customerId, currency: 'EUR' }),
  PaymentProcessed.of({ orderId, customerId, amount, chargeId: 'ch-1' }),
  DeliveryArranged.of({ orderId, customerId, trackingId: 'track-1', address, lines }),
])('does not trouble customers with $definition.type', (event) => {
  expect(react(event).message).toBeUndefined();
});
