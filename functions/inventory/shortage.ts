import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { InventoryReservationRejected } from './events.ts';

/** SKUs told in full: a reason travels on into events that take 500 characters. */
const SKUS_NAMED = 5;

/** Why a reservation was rejected, by what it wrote; undefined where it was not. */
export const shortage = (events: readonly EventEnvelope[]): string | undefined => {
  const short = events
    .filter((event) => InventoryReservationRejected.is(event))
    .map(({ payload }) => payload);
  if (short.length === 0) return undefined;
  const named = short
    .slice(0, SKUS_NAMED)
    .map(({ sku, requested, available }) => `${sku} (${requested} wanted, ${available} available)`);
  const more = short.length - named.length;
  return `out of stock: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
