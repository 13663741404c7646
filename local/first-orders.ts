import type { Endpoints } from './mesh/endpoints.ts';
import { line, openShop } from './scenarios/shop.ts';

export interface PlayedOrder {
  readonly orderId: string;
  readonly status: string;
  /** From sending the command to the final status seen through the query. */
  readonly tookMs: number;
}

const FINAL_WITHIN_MS = 60_000;

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
  const shop = openShop(endpoints, token, FINAL_WITHIN_MS);
  const sku = 'sku-first-light';
  await shop.receive(sku, 100);
  for (const paymentMethod of ['card-ok', 'card-declined', 'card-ok']) {
    const startedAt = performance.now();
    const orderId = await shop.place({ lines: [line(sku, 2)], paymentMethod });
    const { status } = await shop.final(orderId);
    onPlayed({ orderId, status, tookMs: performance.now() - startedAt });
  }
}
