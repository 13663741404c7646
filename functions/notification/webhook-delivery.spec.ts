import { describe, expect, it } from 'vitest';
import { uuidFrom } from '../../shared/define/clock.ts';
import type { Metadata } from '../../shared/define/envelope.ts';
import { given } from '../../shared/testing/given.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { StockReceived } from '../inventory/events.ts';
import { WebhookDelivered, WebhookDue, WebhookRefused } from './events.ts';
import {
  forSubscribers,
  makeDue,
  messageIdOf,
  recordPosted,
  replayDelivery,
  webhookDelivery,
} from './webhook-delivery.ts';

const webhookId = '0b8e1c9a-1f43-8d52-9f2e-3c5a7d9e1b20';
const replayId = '5f0c8f4e-6a1d-8b3c-a7e9-2d4f6b8c0a13';
const of = (metadata: Partial<Metadata>) =>
  envelopeOf(StockReceived.of({ sku: 'sku-1', quantity: 3 }), { aggregateId: 'sku-1', metadata });
/** As a command over HTTP leaves it: its cause is `<caller>/<Idempotency-Key>`. */
const published = of({ causationId: 'grace/key-1', userId: 'grace', sessionId: 'session-1' });
/** As it leaves the mesh. */
const event = of({ causationId: uuidFrom('grace/key-1') });
const { eventId } = event;
const due = WebhookDue.of({ webhookId, event });
const again = WebhookDue.of({ webhookId, event, replayId });

describe('a delivery', () => {
  it('is due once, however often its event comes', () => {
    given(webhookDelivery)
      .when((state) => makeDue(state, webhookId, published))
      .then([due]);
    given(webhookDelivery, [due])
      .when((state) => makeDue(state, webhookId, published))
      .then([]);
  });

  it('says nothing of who acted, in which session or under which key', () => {
    expect(JSON.stringify(forSubscribers(published))).not.toMatch(/grace|key-1|session-1/);
  });

  it('names a cause that is an event as it is: both may be sent to one subscriber', () => {
    expect(forSubscribers(of({ causationId: eventId, userId: 'grace' }))).toEqual(
      of({ causationId: eventId }),
    );
    expect(forSubscribers(event)).toEqual(event);
  });

  it('is due again in a replay, as another message about the same event', () => {
    given(webhookDelivery, [
      due,
      WebhookDelivered.of({ webhookId, eventId, messageId: eventId, status: 200 }),
    ])
      .when((state) => replayDelivery(state, webhookId, replayId))
      .then([again]);
    expect(messageIdOf({ webhookId, event })).toBe(eventId);
    expect(messageIdOf({ webhookId, event, replayId })).toBe(`${eventId}_${replayId}`);
  });

  it('that never was due is not replayed', () => {
    given(webhookDelivery)
      .when((state) => replayDelivery(state, webhookId, replayId))
      .then([]);
  });

  it('records how sending it ended', () => {
    const message = { webhookId, eventId, messageId: eventId };
    const record = (posted: Parameters<typeof recordPosted>[1]) =>
      given(webhookDelivery, [due]).when(() => recordPosted({ webhookId, event }, posted));
    record({ outcome: 'delivered', status: 204 }).then([WebhookDelivered.of({ ...message, status: 204 })]);
    record({ outcome: 'gone', status: 410, reason: 'no more' }).then([
      WebhookRefused.of({ ...message, status: 410, reason: 'no more' }),
    ]);
    record({ outcome: 'refused', reason: 'x'.repeat(400) }).then([
      WebhookRefused.of({ ...message, reason: 'x'.repeat(300) }),
    ]);
  });
});
