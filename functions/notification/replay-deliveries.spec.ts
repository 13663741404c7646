import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryOwnedAggregates } from '../../shared/testing/memory-owned-aggregates.ts';
import { StockReceived } from '../inventory/events.ts';
import { webhookDeliveryId, webhookAggregateId } from './events.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { subscribeWebhook, unsubscribeWebhook, webhook } from './webhook.ts';
import { makeDue, webhookDelivery } from './webhook-delivery.ts';

const webhookId = '0b8e1c9a-1f43-8d52-9f2e-3c5a7d9e1b20';
const FIRST = Date.parse('2026-03-01T12:00:00.000Z');
const at = (second: number): string => new Date(FIRST + second * 1_000).toISOString();

/** The n-th event, n seconds after the first: its UUIDv7 says when (RFC 9562). */
const eventOf = (n: number) => {
  const time = (FIRST + n * 1_000).toString(16).padStart(12, '0');
  return {
    ...envelopeOf(StockReceived.of({ sku: 'sku-1', quantity: n + 1 }), {
      aggregateId: 'sku-1',
      sequence: n + 1,
    }),
    eventId: `${time.slice(0, 8)}-${time.slice(8)}-7abc-8def-0123456789ab`,
  };
};

const mesh = async (events: number) => {
  const store = memoryEventStore();
  const commands = commandHandler(store);
  await commands.execute(webhook, webhookAggregateId(webhookId), commandContext('subscribe'), (state) =>
    subscribeWebhook(state, {
      webhookId,
      url: 'https://hooks.example.com/',
      eventTypes: ['StockReceivedEvent'],
      format: 'envelope',
    }),
  );
  for (const event of Array.from({ length: events }, (_, n) => eventOf(n)))
    await commands.execute(
      webhookDelivery,
      webhookDeliveryId(webhookId, event.eventId),
      commandContext(`due ${event.eventId}`),
      (state) => makeDue(state, webhookId, event),
    );
  const replay = replayDeliveries({ commands, owned: memoryOwnedAggregates(store) });
  return {
    commands,
    replay: (key: string, body: Parameters<typeof replay>[1]) => replay(webhookId, body, commandContext(key)),
  };
};

/** The numbers of the events that were queued. */
const queued = ({ events }: { readonly events: readonly { readonly payload: unknown }[] }): number[] =>
  // Only WebhookDue is queued.
  events.map(({ payload }) => (payload as { event: { sequence: number } }).event.sequence - 1);

describe('replaying deliveries', () => {
  it('queues again what happened in a time, its beginning included, its end not, as one replay', async () => {
    const { replay } = await mesh(6);
    const replayed = await replay('one', { from: at(1), to: at(4) });
    expect(queued(replayed)).toEqual([1, 2, 3]);
    expect(replayed.next).toBeUndefined();
    for (const { eventType, payload, sequence } of replayed.events) {
      expect(eventType).toBe('WebhookDueEvent');
      expect(payload).toMatchObject({ replayId: replayed.replayId });
      expect(sequence).toBe(2);
    }
  });

  it('queues nothing twice when the request is repeated, and all of it again for another', async () => {
    const { replay } = await mesh(3);
    const first = await replay('one', { from: at(0) });
    expect(await replay('one', { from: at(0) })).toEqual(first);
    const second = await replay('two', { from: at(0) });
    expect(queued(second)).toEqual([0, 1, 2]);
    expect(second.replayId).not.toBe(first.replayId);
  });

  it('takes some at a time, and goes on where it left off', async () => {
    const { replay } = await mesh(103);
    const all: number[] = [];
    let after: string | undefined;
    const sizes: number[] = [];
    do {
      const replayed = await replay(`from ${after}`, { from: at(0), ...(after && { after }) });
      all.push(...queued(replayed));
      sizes.push(replayed.events.length);
      after = replayed.next;
    } while (after !== undefined);
    expect(sizes).toEqual([50, 50, 3]);
    expect(all).toEqual(Array.from({ length: 103 }, (_, n) => n));
  });

  it('is refused to one who has unsubscribed, or never subscribed', async () => {
    const { replay, commands } = await mesh(1);
    await commands.execute(webhook, webhookAggregateId(webhookId), commandContext('end'), (state) =>
      unsubscribeWebhook(state, webhookId, 'asked'),
    );
    await expect(replay('late', { from: at(0) })).rejects.toMatchObject({ code: 'webhook-unsubscribed' });
    const nobody = replayDeliveries({ commands, owned: { idsWithin: async () => [] } });
    await expect(nobody('nobody', { from: at(0) }, commandContext('nobody'))).rejects.toMatchObject({
      code: 'unknown-webhook',
    });
  });
});
