import { expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf, envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { StockReceived } from '../../inventory/events.ts';
import {
  webhookDelivery,
  webhookDeliveryId,
  WebhookDelivered,
  WebhookDue,
  WebhookRefused,
} from '../events.ts';
import { webhookDeliveries } from './webhook-deliveries.ts';

const webhookId = '0b8e1c9a-1f43-8d52-9f2e-3c5a7d9e1b20';
const other = '1c9f2d0b-2a54-8e63-8a3f-4d6b8e0f2c31';
const replayId = '5f0c8f4e-6a1d-8b3c-a7e9-2d4f6b8c0a13';
const eventOf = (n: number) => ({
  ...envelopeOf(StockReceived.of({ sku: 'sku-1', quantity: n }), { aggregateId: 'sku-1', sequence: n }),
  eventId: `019ca00${n}-0000-7abc-8def-0123456789ab`,
});

const streamOf = (webhookId: string, n: number) => {
  const event = eventOf(n);
  const { eventId } = event;
  return envelopesOf(webhookDeliveryId(webhookId, eventId), [
    WebhookDue.of({ webhookId, event }),
    WebhookRefused.of({ webhookId, eventId, messageId: eventId, status: 404, reason: 'answered 404' }),
    WebhookDue.of({ webhookId, event, replayId }),
    WebhookDelivered.of({ webhookId, eventId, messageId: `${eventId}_${replayId}`, status: 202 }),
  ]);
};

const streams = [
  streamOf(webhookId, 1),
  streamOf(webhookId, 2).slice(0, 3),
  streamOf(webhookId, 3).slice(0, 1),
  streamOf(other, 1),
];
const inOrder = streams.flat().map((event) => deliveryOf(webhookDelivery, event));

it('lists what was sent to a webhook, newest first, with how the last message ended', async () => {
  const store = memoryProjectionStore();
  await projecting(webhookDeliveries, store).process(inOrder);
  const { items } = await listDocuments(store, webhookDeliveries, webhookId, {
    limit: 10,
    newestFirst: true,
  });
  const about = { eventType: 'StockReceivedEvent', aggregateId: 'sku-1' };
  expect(items).toEqual([
    { ...about, eventId: eventOf(3).eventId, status: 'due', dueAt: '2026-03-01T12:00:00.000Z', replays: 0 },
    {
      ...about,
      eventId: eventOf(2).eventId,
      status: 'due',
      dueAt: '2026-03-01T12:00:00.002Z',
      replays: 1,
      last: {
        messageId: eventOf(2).eventId,
        at: '2026-03-01T12:00:00.001Z',
        httpStatus: 404,
        reason: 'answered 404',
      },
    },
    {
      ...about,
      eventId: eventOf(1).eventId,
      status: 'delivered',
      dueAt: '2026-03-01T12:00:00.002Z',
      replays: 1,
      last: {
        messageId: `${eventOf(1).eventId}_${replayId}`,
        at: '2026-03-01T12:00:00.003Z',
        httpStatus: 202,
      },
    },
  ]);
});

it('notices a missing event of a delivery', async () => {
  const store = memoryProjectionStore();
  const [due, , again] = streamOf(webhookId, 1).map((event) => deliveryOf(webhookDelivery, event));
  const verdicts = await projecting(webhookDeliveries, store).process(
    [due, again].flatMap((one) => one ?? []),
  );
  expect(verdicts).toMatchObject([{ kind: 'applied' }, { error: { code: 'missing-predecessor' } }]);
});

it('comes to the same deliveries however the events are delivered', () =>
  expectSameHoweverDelivered(webhookDeliveries, streams, (id) => webhookDelivery.orderingKey(id)));
