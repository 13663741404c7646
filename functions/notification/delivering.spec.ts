import { describe, expect, it } from 'vitest';
import { noCircuit, type Circuit } from '../../shared/call/circuit.ts';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import { TransientError, UnavailableError } from '../../shared/errors/mesh-error.ts';
import { verify } from '../../shared/http/webhook-signature.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryOnce } from '../../shared/testing/memory-once.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { StockReceived } from '../inventory/events.ts';
import { delivering } from './delivering.ts';
import { webhookDelivery, webhookDeliveryId, WebhookDue, webhookAggregateId } from './events.ts';
import { deliverWebhooks } from './policies/deliver-webhooks.ts';
import { signingSecretOf } from './signing-secret.ts';
import { subscribeWebhook, unsubscribeWebhook, webhook } from './webhook.ts';
import type { Posted } from './webhook-delivery.ts';
import type { WebhookMessage } from './webhook-poster.ts';

const webhookId = '0b8e1c9a-1f43-8d52-9f2e-3c5a7d9e1b20';
const url = 'https://hooks.example.com/mesh';
const event = envelopeOf(StockReceived.of({ sku: 'sku-1', quantity: 3 }), {
  aggregateId: 'sku-1',
  metadata: { causationId: uuidFrom('grace/key-1') },
});
const { eventId } = event;
const id = webhookDeliveryId(webhookId, eventId);
const due = deliveryOf(webhookDelivery, envelopeOf(WebhookDue.of({ webhookId, event }), { aggregateId: id }));
const applied = { kind: 'applied' };
const delivered: Posted = { outcome: 'delivered', status: 204 };

interface Subscriber {
  readonly format?: 'envelope' | 'legacy';
  readonly circuit?: Circuit;
}

const mesh = async (
  answers: readonly (Posted | Error)[] = [],
  { format = 'envelope', circuit = noCircuit }: Subscriber = {},
) => {
  const store = memoryEventStore();
  const commands = commandHandler(store);
  const sent: WebhookMessage[] = [];
  const queue = [...answers];
  const means = {
    commands,
    once: memoryOnce(),
    poster: {
      post: async (message: WebhookMessage): Promise<Posted> => {
        sent.push(message);
        const answer = queue.shift() ?? delivered;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    circuitOf: () => circuit,
    secretOf: (webhookId: string) => signingSecretOf('master', webhookId),
    now: () => new Date(),
  };
  await commands.execute(webhook, webhookAggregateId(webhookId), commandContext('subscribe'), (state) =>
    subscribeWebhook(state, { webhookId, url, eventTypes: ['StockReceivedEvent'], format }),
  );
  return {
    sent,
    consumer: reacting(deliverWebhooks, delivering(means)),
    crashing: reacting(deliverWebhooks, delivering({ ...means, commands: { ...commands, execute: crash } })),
    unsubscribe: () =>
      commands.execute(webhook, webhookAggregateId(webhookId), commandContext('unsubscribe'), (state) =>
        unsubscribeWebhook(state, webhookId, 'asked'),
      ),
    status: async () => (await commands.state(webhook, webhookAggregateId(webhookId))).status,
    recorded: async () => (await store.load(webhookDelivery, id)).flatMap(({ events }) => events),
  };
};

const crash = (): Promise<never> => Promise.reject(new Error('the process died'));

describe('delivering to a webhook', () => {
  it('sends the event as it was published, signed so that the subscriber can check it', async () => {
    const { consumer, sent, recorded } = await mesh();
    expect(await consumer.process([due])).toEqual([applied]);
    const [message] = sent;
    expect(message?.url).toBe(url);
    expect(JSON.parse(message?.body ?? '')).toEqual(event);
    const secret = signingSecretOf('master', webhookId);
    expect(verify([secret], message?.headers ?? {}, message?.body ?? '')).toBe(eventId);
    expect(await recorded()).toMatchObject([
      {
        eventType: 'WebhookDeliveredEvent',
        payload: { webhookId, eventId, messageId: eventId, status: 204 },
      },
    ]);
  });

  it('sends those who ask for it the form of the legacy systems', async () => {
    const { consumer, sent } = await mesh([], { format: 'legacy' });
    await consumer.process([due]);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      eventId,
      eventType: 'stock.received',
      data: { sku: 'sku-1', quantity: 3 },
    });
  });

  it.each(['envelope', 'legacy'] as const)(
    'tells nobody who acted, not of what has been due for long either: in the form %s',
    async (format) => {
      const { consumer, sent } = await mesh([], { format });
      const metadata = { causationId: 'grace/key-1', userId: 'grace', sessionId: 'session-1' };
      const old = WebhookDue.of({
        webhookId,
        event: { ...event, metadata: { ...event.metadata, ...metadata } },
      });
      await consumer.process([deliveryOf(webhookDelivery, envelopeOf(old, { aggregateId: id }))]);
      expect(sent[0]?.body).not.toMatch(/grace|key-1|session-1/);
      expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
        metadata: { correlationId: 'test-correlation', causationId: uuidFrom('grace/key-1') },
      });
    },
  );

  it('sends once, also when it dies before it has recorded that', async () => {
    const { consumer, crashing, sent, recorded } = await mesh();
    expect(await crashing.process([due])).toMatchObject([{ kind: 'failed' }]);
    expect(await consumer.process([due])).toEqual([applied]);
    expect(await consumer.process([due])).toEqual([applied]);
    expect(sent).toHaveLength(1);
    expect(await recorded()).toHaveLength(1);
  });

  it('records a refusal as an answer, which is never tried again', async () => {
    const reason = 'the subscriber answered 404';
    const { consumer, status, recorded } = await mesh([{ outcome: 'refused', status: 404, reason }]);
    expect(await consumer.process([due])).toEqual([applied]);
    expect(await recorded()).toMatchObject([
      { eventType: 'WebhookRefusedEvent', payload: { status: 404, reason } },
    ]);
    expect(await status()).toBe('active');
  });

  it('ends the subscription of one who answers that it is gone, and sends no more', async () => {
    const { consumer, sent, status } = await mesh([{ outcome: 'gone', status: 410, reason: 'gone' }]);
    expect(await consumer.process([due])).toEqual([applied]);
    expect(await status()).toBe('unsubscribed');
    const next = envelopeOf(WebhookDue.of({ webhookId, event }), { aggregateId: id, sequence: 9 });
    expect(await consumer.process([deliveryOf(webhookDelivery, next)])).toEqual([applied]);
    expect(sent).toHaveLength(1);
  });

  it('sends nothing to one who has unsubscribed since, and says so', async () => {
    const { consumer, unsubscribe, sent, recorded } = await mesh();
    await unsubscribe();
    expect(await consumer.process([due])).toEqual([applied]);
    expect(sent).toEqual([]);
    expect(await recorded()).toMatchObject([{ payload: { reason: 'unsubscribed' } }]);
  });

  it('fails for a retry while the subscriber is down, and succeeds under the same id', async () => {
    const down = new TransientError('subscriber-unavailable', 'down');
    const { consumer, sent, recorded } = await mesh([down]);
    expect(await consumer.process([due])).toEqual([{ kind: 'failed', error: down }]);
    expect(await recorded()).toEqual([]);
    expect(await consumer.process([due])).toEqual([applied]);
    expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual([eventId, eventId]);
  });

  it('takes an open circuit for a failure of that subscriber, so that it is parked and others go on', async () => {
    const circuit: Circuit = {
      run: () => Promise.reject(new UnavailableError('circuit-open', 'the circuit is open')),
    };
    const { consumer, sent } = await mesh([], { circuit });
    const [verdict] = await consumer.process([due]);
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'subscriber-unavailable' } });
    expect(verdict).not.toMatchObject({ error: expect.any(UnavailableError) as unknown });
    expect(sent).toEqual([]);
  });
});
