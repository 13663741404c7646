import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { openShop, type Shop } from '../../local/scenarios/shop.ts';

/** A minute has to end, be closed for half a minute, and the watcher to come by. */
const DEADLINE_MS = 240_000;

const mesh = inject('mesh');
let shop: Shop;

beforeAll(async () => {
  shop = openShop(mesh, await mintToken(mesh), DEADLINE_MS);
});

const Created = z.looseObject({ orderId: z.string() });
const Signal = z.looseObject({
  anomaly: z.looseObject({ observed: z.int(), threshold: z.int(), minute: z.iso.datetime() }).optional(),
  findings: z.object({ items: z.array(z.looseObject({ minute: z.string(), kind: z.string() })) }),
});

/** A customer who thinks better of it. */
const cancelOne = async (): Promise<void> => {
  const { body } = await shop.post('/orders', { customerId: randomUUID(), currency: 'EUR' });
  const { orderId } = Created.parse(body);
  const { status } = await shop.post(`/orders/${orderId}/cancel`, { reason: 'changed-mind' });
  expect(status).toBe(202);
};

describe('signals (ANA-01)', () => {
  it(
    'a sudden crowd of cancellations is found by itself, and can be looked up',
    { timeout: DEADLINE_MS },
    async () => {
      const began = new Date();
      for (let i = 0; i < 10; i += 1) await Promise.all(Array.from({ length: 4 }, cancelOne));
      const { anomaly, findings } = await waitFor(
        'the anomaly',
        async () => {
          const answer = await shop.get('/observability/signals/orders.cancelled?limit=5');
          expect(answer).toMatchObject({
            status: 200,
            body: { watches: { kind: 'anomaly', event: 'OrderCancelledEvent' } },
          });
          const signal = Signal.parse(answer.body);
          const since = began.getTime() - 60_000;
          return Date.parse(signal.anomaly?.minute ?? '') >= since && signal.findings.items.length > 0
            ? signal
            : undefined;
        },
        { deadlineMs: DEADLINE_MS, everyMs: 1_000 },
      );
      expect(anomaly?.observed).toBeGreaterThan(anomaly?.threshold ?? Infinity);
      expect(findings.items[0]).toMatchObject({ kind: 'anomaly', minute: anomaly?.minute });
      const { body } = await shop.get('/observability/signals?limit=100');
      expect(body).toMatchObject({
        items: expect.arrayContaining([expect.objectContaining({ signal: 'orders.cancelled', anomaly })]),
      });
    },
  );

  it('one that nobody declared is not known', async () => {
    expect((await shop.get('/observability/signals/orders.nonsense')).status).toBe(404);
  });
});
