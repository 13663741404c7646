import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { startWebhookSubscriber, type WebhookSubscriber } from '../../local/providers/webhook-subscriber.ts';
import { customerSide, WITHIN, type CustomerSide } from './mesh-access/customer-side.ts';

const mesh = inject('mesh');
const CONSUMER = 'notification.deliver-webhooks';
const running: WebhookSubscriber[] = [];
const open: string[] = [];
let side: CustomerSide | undefined;

const shop = async (): Promise<CustomerSide> => (side ??= await customerSide(mesh));

const command = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
  const answer = await (await shop()).call({ method, path, body });
  expect(answer).toMatchObject({ status: 202 });
  // Every 202 of ours is an object.
  return answer.body as Record<string, unknown>;
};

const receive = (sku: string, quantity: number) =>
  command('POST', `/inventory/${sku}/receipts`, { quantity });

/** A running subscriber whose subscription to receipts the mesh has learned of. */
const subscribed = async (format = 'envelope') => {
  const subscriber = await startWebhookSubscriber();
  running.push(subscriber);
  const wish = { url: subscriber.hook, eventTypes: ['StockReceivedEvent'], format };
  const { webhookId, secret } = await command('POST', '/webhooks', wish);
  subscriber.trust(String(secret));
  const id = String(webhookId);
  open.push(id);
  // It begins when the fan-out has read of it: from then on nothing is left out.
  const probe = `probe-${randomUUID().slice(0, 8)}`;
  await waitFor(
    `the first message to ${id}`,
    async () => {
      await receive(probe, 1);
      return subscriber.received().length > 0 ? true : undefined;
    },
    { ...WITHIN, everyMs: 1_000 },
  );
  return { subscriber, webhookId: id, of: (sku: string) => quantitiesOf(subscriber, sku) };
};

/** The quantities that a subscriber was told of a SKU, in the order in which they came. */
const quantitiesOf = (subscriber: WebhookSubscriber, sku: string): number[] =>
  subscriber.received().flatMap(({ body }) => {
    const { payload, data } = body as Record<
      'payload' | 'data',
      { sku: string; quantity: number } | undefined
    >;
    const receipt = payload ?? data;
    return receipt?.sku === sku ? [receipt.quantity] : [];
  });

const until = (what: string, probe: () => void | Promise<void>): Promise<true> =>
  waitFor(
    what,
    async () => {
      await probe();
      return true as const;
    },
    WITHIN,
  );

afterEach(async () => {
  for (const webhookId of open.splice(0)) await command('DELETE', `/webhooks/${webhookId}`, {});
  for (const subscriber of running.splice(0)) await subscriber.close();
});

describe('a webhook', () => {
  it('is sent each event of its types once, signed, and shows what became of it', async () => {
    const { webhookId, of, subscriber } = await subscribed();
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    for (const quantity of [1, 2, 3]) await receive(sku, quantity);
    await until('three messages', () => expect(of(sku)).toEqual([1, 2, 3]));
    const ids = subscriber.received().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    await (
      await shop()
    ).seen(`/webhooks/${webhookId}/deliveries`, {
      items: expect.arrayContaining([
        expect.objectContaining({ aggregateId: sku, status: 'delivered', replays: 0 }),
      ]) as unknown,
    });
  });

  it('can have the form of the legacy systems', async () => {
    const { subscriber } = await subscribed('legacy');
    const [message] = subscriber.received();
    expect(message?.body).toMatchObject({ eventType: 'stock.received', source: 'inventory-service' });
  });

  it('that fails is parked for itself alone, in order, and goes on when it is redriven', async () => {
    const [failing, healthy] = [await subscribed(), await subscribed()];
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await failing.subscriber.trouble({ failing: 1 });
    for (const quantity of [1, 2, 3, 4]) await receive(sku, quantity);
    await until('the other one goes on', () => expect(healthy.of(sku)).toEqual([1, 2, 3, 4]));
    const { call } = await shop();
    const parked = `/ops/dead-letters?consumer=${CONSUMER}&key=${failing.webhookId}`;
    await until('four parked letters', async () => {
      const { body } = await call({ method: 'GET', path: parked });
      // A probe may still have been on its way when the trouble began.
      expect((body as { letters: unknown[] }).letters.length).toBeGreaterThanOrEqual(4);
    });
    expect(failing.of(sku)).toEqual([]);

    await failing.subscriber.trouble({});
    await until('a redrive that leaves nothing', async () => {
      await call({
        method: 'POST',
        path: '/ops/dead-letters/redrives',
        body: { filter: { consumer: CONSUMER, key: failing.webhookId }, reason: 'it is back' },
      });
      expect(failing.of(sku)).toEqual([1, 2, 3, 4]);
    });
  });

  it('is sent again what happened in a time, as messages of their own', async () => {
    const { webhookId, subscriber, of } = await subscribed();
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await receive(sku, 7);
    await until('the message', () => expect(of(sku)).toEqual([7]));
    const before = subscriber.received().map(({ id }) => id);
    const from = new Date(Date.now() - 600_000).toISOString();
    const { queued, replayId } = await command('POST', `/webhooks/${webhookId}/replays`, { from });
    expect(queued).toBeGreaterThanOrEqual(before.length);
    await until('all of them again, oldest first', () => {
      const again = subscriber
        .received()
        .slice(before.length)
        .flatMap(({ id }) => (id.endsWith(String(replayId)) ? [id] : []));
      const expected = before.map((id) => `${id}_${String(replayId)}`);
      expect(again).toEqual(expect.arrayContaining(expected));
      expect(again).toEqual(again.toSorted());
    });
  });

  it('ends when its subscriber is gone', async () => {
    const { webhookId, subscriber } = await subscribed();
    subscriber.answer(410);
    await receive(`sku-${randomUUID().slice(0, 8)}`, 1);
    await until('the end', async () => {
      const { body } = await (await shop()).call({ method: 'GET', path: '/webhooks?limit=100' });
      expect(body).toMatchObject({
        items: expect.arrayContaining([
          expect.objectContaining({ webhookId, status: 'unsubscribed' }),
        ]) as unknown,
      });
    });
  });
});
