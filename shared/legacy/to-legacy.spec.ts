import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../define/event.ts';
import { moneySchema } from '../define/money.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { toLegacy } from './to-legacy.ts';

const order = defineAggregate('order', 'order', 'owner');
const price = defineAggregate('pricing', 'price');
const line = z.object({ sku: z.string(), quantity: z.int(), unitPrice: moneySchema });
const OrderSubmitted = order.event(
  'OrderSubmittedEvent',
  z.object({
    customerId: z.string(),
    lines: z.array(line),
    total: moneySchema,
    deliveryAddress: z.object({ city: z.string() }),
  }),
  { version: 2, revision: '1.0' },
);
const PriceSet = price.event('PriceSetEvent', z.object({ sku: z.string(), price: moneySchema }), {
  version: 1,
});
const OrderItemAdded = order.event('OrderItemAddedEvent', z.object({ note: z.string() }), { version: 1 });

const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('an event of the mesh in legacy form', () => {
  it('reads as the legacy systems write theirs (source document 004)', () => {
    const event = envelopeOf(
      OrderSubmitted.of({
        customerId: 'ada',
        lines: [{ sku: 'sku-1', quantity: 2, unitPrice: eur(4_999) }],
        total: eur(9_998),
        deliveryAddress: { city: 'Berlin' },
      }),
      { aggregateId: 'ada.7', metadata: { userId: 'user-1', sessionId: 'session-1' } },
    );
    expect(toLegacy(event)).toEqual({
      eventId: event.eventId,
      eventType: 'order.submitted',
      eventVersion: '2.1.0',
      timestamp: '2026-03-01T12:00:00.000Z',
      source: 'order-service',
      data: {
        orderId: 'ada.7',
        customerId: 'ada',
        currency: 'EUR',
        items: [{ sku: 'sku-1', quantity: 2, unitPrice: 49.99 }],
        total: 99.98,
        shippingAddress: { city: 'Berlin' },
      },
      metadata: { correlationId: 'test-correlation', causationId: 'test-cause', schemaVersion: '2.1.0' },
    });
  });

  it('names what it is about once', () => {
    const event = envelopeOf(PriceSet.of({ sku: 'sku-1', price: eur(1) }), { aggregateId: 'sku-1' });
    expect(toLegacy(event)).toMatchObject({ eventType: 'price.set' });
    expect(toLegacy(event).data).toEqual({ sku: 'sku-1', price: 0.01, currency: 'EUR' });
  });

  it('joins the words of a long type by hyphens', () => {
    expect(toLegacy(envelopeOf(OrderItemAdded.of({ note: 'x' }))).eventType).toBe('order.item-added');
  });

  it.each([
    [1_990, 'EUR', 19.9],
    [1_990, 'JPY', 1_990],
    [1_990, 'KWD', 1.99],
  ])('has %i minor units of %s as %d', (amount, currency, decimal) => {
    const event = envelopeOf(PriceSet.of({ sku: 'a', price: { amount, currency } }), { aggregateId: 'a' });
    expect(toLegacy(event).data).toMatchObject({ price: decimal, currency });
  });
});
