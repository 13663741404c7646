import { expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { webhook, webhookAggregateId, WebhookSubscribed, WebhookUnsubscribed } from '../events.ts';
import { ALL_WEBHOOKS, webhooks } from './webhooks.ts';

const url = 'https://hooks.example.com/';
const [a, b, c] = [1, 2, 3].map((n) => `0b8e1c9a-1f43-8d52-9f2e-00000000000${n}`) as [string, string, string];
const subscribed = (webhookId: string) =>
  WebhookSubscribed.of({ webhookId, url, eventTypes: ['StockLowEvent'], format: 'envelope' });

const streams = [
  envelopesOf(webhookAggregateId(a), [subscribed(a)]),
  envelopesOf(webhookAggregateId(b), [
    subscribed(b),
    WebhookUnsubscribed.of({ webhookId: b, reason: 'gone' }),
  ]),
  envelopesOf(webhookAggregateId(c), [
    subscribed(c),
    WebhookUnsubscribed.of({ webhookId: c, reason: 'asked' }),
  ]),
];
const inOrder = streams.flat().map((event) => deliveryOf(webhook, event));

it('lists every webhook, those that have ended with when and why', async () => {
  const store = memoryProjectionStore();
  await projecting(webhooks, store).process(inOrder);
  const { items } = await listDocuments(store, webhooks, ALL_WEBHOOKS, { limit: 10 });
  const active = {
    webhookId: a,
    status: 'active',
    url,
    eventTypes: ['StockLowEvent'],
    format: 'envelope',
    subscribedAt: '2026-03-01T12:00:00.000Z',
  };
  expect(items).toEqual([
    active,
    {
      ...active,
      webhookId: b,
      status: 'unsubscribed',
      ended: { at: '2026-03-01T12:00:00.001Z', reason: 'gone' },
    },
    {
      ...active,
      webhookId: c,
      status: 'unsubscribed',
      ended: { at: '2026-03-01T12:00:00.001Z', reason: 'asked' },
    },
  ]);
});

it('comes to the same webhooks however the events are delivered', () =>
  expectSameHoweverDelivered(webhooks, streams));
