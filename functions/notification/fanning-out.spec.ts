import { describe, expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler, type Outcome } from '../../shared/decide/command-handler.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopeOf, fixedClock, testTime } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryOwnedAggregates } from '../../shared/testing/memory-owned-aggregates.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { stock, StockLow, StockReceived } from '../inventory/events.ts';
import { webhook as definition, webhookAggregateId, webhookDelivery, webhookDeliveryId } from './events.ts';
import { fanningOut } from './fanning-out.ts';
import { fanOutWebhooks } from './policies/fan-out-webhooks.ts';
import { webhooks } from './projections/webhooks.ts';
import { forSubscribers } from './webhook-delivery.ts';
import { BEGINS_AFTER_MS, subscriptionsIn, webhookIds } from './subscriptions.ts';
import { subscribeWebhook, unsubscribeWebhook, webhook } from './webhook.ts';

const idOf = (n: number): string => `0b8e1c9a-1f43-8d52-9f2e-${String(n).padStart(12, '0')}`;
const [first, second, third] = [idOf(1), idOf(2), idOf(3)];
/** Webhooks subscribe at the test's time; the last instant before they begin, and the first after it. */
const [before, after] = [BEGINS_AFTER_MS - 1, BEGINS_AFTER_MS].map((ms) =>
  new Date(testTime + ms).toISOString(),
);
const received = envelopeOf(StockReceived.of({ sku: 'sku-1', quantity: 3 }), {
  aggregateId: 'sku-1',
  occurredOn: after ?? '',
});
const low = envelopeOf(StockLow.of({ sku: 'sku-1', available: 1, threshold: 5 }), {
  aggregateId: 'sku-1',
  sequence: 2,
  occurredOn: after ?? '',
});

const mesh = () => {
  const store = memoryEventStore();
  const view = memoryProjectionStore();
  const commands = commandHandler(store, fixedClock());
  const owned = memoryOwnedAggregates(store);
  let now = 0;
  let reads = 0;
  const counted = { list: (...asked: Parameters<typeof view.list>) => ((reads += 1), view.list(...asked)) };
  const subscribersOf = subscriptionsIn({ store: counted as typeof view, owned, commands }, () => now);
  const shown = async ({ events }: Outcome): Promise<void> => {
    await projecting(webhooks, view).process(events.map((event) => deliveryOf(definition, event)));
  };
  return {
    owned,
    subscribersOf,
    reads: () => reads,
    later: (milliseconds: number) => (now += milliseconds),
    /** The view shows it at once, unless it lags. */
    subscribe: async (webhookId: string, eventTypes: string[], { ended = false, lags = false } = {}) => {
      const id = webhookAggregateId(webhookId);
      const wish = { webhookId, url: 'https://hooks.example.com/', eventTypes, format: 'envelope' } as const;
      const outcomes = [
        await commands.execute(webhook, id, commandContext(`${id} begin`), (state) =>
          subscribeWebhook(state, wish),
        ),
      ];
      if (ended)
        outcomes.push(
          await commands.execute(webhook, id, commandContext(`${id} end`), (state) =>
            unsubscribeWebhook(state, webhookId, 'asked'),
          ),
        );
      if (!lags) for (const outcome of outcomes) await shown(outcome);
    },
    consumer: reacting(fanOutWebhooks, fanningOut(commands, subscribersOf)),
    due: async (webhookId: string, eventId: string) =>
      (await store.load(webhookDelivery, webhookDeliveryId(webhookId, eventId))).flatMap(
        ({ events }) => events,
      ),
  };
};

describe('fanning out', () => {
  it('makes an event due to those who subscribe to its type, once, on its own trail', async () => {
    const { subscribe, consumer, due } = mesh();
    await subscribe(first, ['StockReceivedEvent', 'StockLowEvent']);
    await subscribe(second, ['StockReceivedEvent']);
    await subscribe(third, ['StockReceivedEvent'], { ended: true });
    const deliveries = [received, low, received].map((event) => deliveryOf(stock, event));
    const applied = { kind: 'applied' };
    expect(await consumer.process(deliveries)).toEqual([applied, applied, applied]);
    const dues = await due(first, received.eventId);
    expect(dues).toMatchObject([
      {
        eventType: 'WebhookDueEvent',
        payload: { webhookId: first, event: forSubscribers(received) },
        metadata: { causationId: received.eventId, correlationId: 'test-correlation' },
      },
    ]);
    expect(await due(second, received.eventId)).toHaveLength(1);
    expect(await due(third, received.eventId)).toEqual([]);
    expect(await due(first, low.eventId)).toHaveLength(1);
    expect(await due(second, low.eventId)).toEqual([]);
  });

  it('makes it due to many at a time, so that a thousand webhooks fit into an invocation', async () => {
    const { subscribe, subscribersOf } = mesh();
    for (let n = 1; n <= 40; n += 1) await subscribe(idOf(n), ['StockLowEvent']);
    const healthy = commandHandler(memoryEventStore());
    let [now, most] = [0, 0];
    const full = Promise.withResolvers<undefined>();
    const execute: typeof healthy.execute = async (...command) => {
      most = Math.max(most, (now += 1));
      if (now === 16) full.resolve(undefined);
      await full.promise;
      const outcome = await healthy.execute(...command);
      now -= 1;
      return outcome;
    };
    const consumer = reacting(fanOutWebhooks, fanningOut({ execute }, subscribersOf));
    expect(await consumer.process([deliveryOf(stock, low)])).toEqual([{ kind: 'applied' }]);
    expect(most).toBe(16);
  });

  it('leaves out what happened before a subscription began, also when it is delivered again later', async () => {
    const { subscribe, consumer, due, later } = mesh();
    await subscribe(first, ['StockReceivedEvent']);
    const early = { ...received, occurredOn: before ?? '' };
    await consumer.process([deliveryOf(stock, early)]);
    later(3_600_000);
    await consumer.process([deliveryOf(stock, early)]);
    expect(await due(first, early.eventId)).toEqual([]);
  });

  it('learns of a new subscription within seconds, and reads the view no more often than that', async () => {
    const { subscribe, subscribersOf, later, reads } = mesh();
    expect(await subscribersOf(low)).toEqual([]);
    await subscribe(first, ['StockLowEvent']);
    expect(await subscribersOf(low)).toEqual([]);
    expect(reads()).toBe(1);
    later(3_000);
    expect(await subscribersOf(low)).toEqual([first]);
    expect(reads()).toBe(2);
  });

  it('finds all, ended ones left out, however many there are', async () => {
    const { subscribe, subscribersOf, owned } = mesh();
    for (let n = 1; n <= 205; n += 1) await subscribe(idOf(n), ['StockLowEvent'], { ended: n % 5 === 0 });
    expect(await subscribersOf(low)).toHaveLength(164);
    expect(await webhookIds(owned)).toHaveLength(205);
  });

  it('leaves nobody out whom the view does not show yet, however far it is behind', async () => {
    const { subscribe, consumer, due } = mesh();
    await subscribe(first, ['StockReceivedEvent']);
    await subscribe(second, ['StockReceivedEvent'], { lags: true });
    await subscribe(third, ['StockReceivedEvent'], { lags: true, ended: true });
    await consumer.process([deliveryOf(stock, received)]);
    expect(await due(first, received.eventId)).toHaveLength(1);
    expect(await due(second, received.eventId)).toHaveLength(1);
    expect(await due(third, received.eventId)).toEqual([]);
  });

  it('asks again after the view could not be read', async () => {
    let fails = true;
    const list = async () => {
      if (fails) throw new Error('throttled');
      return { items: [], next: undefined };
    };
    const store = memoryEventStore();
    const means = { store: { list }, owned: memoryOwnedAggregates(store), commands: commandHandler(store) };
    const subscribersOf = subscriptionsIn(means, () => 0);
    await expect(subscribersOf(low)).rejects.toThrow('throttled');
    fails = false;
    expect(await subscribersOf(low)).toEqual([]);
  });
});
