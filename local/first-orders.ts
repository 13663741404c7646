import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { waitFor } from './engines/wait-for.ts';
import type { Endpoints } from './mesh/endpoints.ts';

export interface PlayedOrder {
  readonly orderId: string;
  readonly status: string;
  /** From the command's 202 to the final status seen through the query. */
  readonly tookMs: number;
}

const Accepted = z.looseObject({ orderId: z.string() });
const Order = z.looseObject({ status: z.string() });
const FINAL = new Set(['confirmed', 'cancelled', 'completed']);
const FINAL_WITHIN_MS = 60_000;

async function post(endpoints: Endpoints, token: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${endpoints.api}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  if (response.status !== 202) {
    throw new Error(`POST ${path} answered ${String(response.status)}: ${await response.text()}`);
  }
  return response.json();
}

async function statusOf(endpoints: Endpoints, token: string, orderId: string): Promise<string | undefined> {
  const response = await fetch(`${endpoints.api}/orders/${orderId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  // 404 until the projection has seen the first event.
  return response.ok ? Order.parse(await response.json()).status : undefined;
}

const orderOf = (sku: string, paymentMethod: string): unknown => ({
  customerId: randomUUID(),
  currency: 'EUR',
  lines: [{ sku, quantity: 2, unitPrice: { amount: 1_990, currency: 'EUR' } }],
  deliveryAddress: { line1: 'Hauptstrasse 1', postcode: '10115', city: 'Berlin', country: 'DE' },
  paymentMethod,
  submit: true,
});

/**
 * Receives stock and plays a few orders through the API, one after another: two that are confirmed and one
 * that is declined. Tells each as it ends.
 *
 * @throws Error when the API refuses a command, DeadlinePassed when an order does not end
 */
export async function playFirstOrders(
  endpoints: Endpoints,
  token: string,
  onPlayed: (order: PlayedOrder) => void,
): Promise<void> {
  const sku = 'sku-first-light';
  await post(endpoints, token, `/inventory/${sku}/receipts`, { quantity: 100 });
  for (const paymentMethod of ['card-ok', 'card-declined', 'card-ok']) {
    const { orderId } = Accepted.parse(await post(endpoints, token, '/orders', orderOf(sku, paymentMethod)));
    const acceptedAt = performance.now();
    const status = await waitFor(
      `order ${orderId} confirmed or cancelled`,
      async () => {
        const now = await statusOf(endpoints, token, orderId);
        return now !== undefined && FINAL.has(now) ? now : undefined;
      },
      { deadlineMs: FINAL_WITHIN_MS },
    );
    onPlayed({ orderId, status, tookMs: performance.now() - acceptedAt });
  }
}
