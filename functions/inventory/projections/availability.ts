import { init, projection } from '../../../shared/project/projection.ts';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationRejected,
  InventoryReserved,
  StockLow,
  StockReceived,
} from '../events.ts';

export interface Availability {
  readonly sku: string;
  /** In the warehouse, reserved ones included. */
  readonly onHand: number;
  readonly reserved: number;
  /** What can still be ordered: `onHand − reserved`. */
  readonly available: number;
  /** What has left the warehouse on orders. */
  readonly sold: number;
  readonly updatedAt: string;
}

/** A SKU's figures after a change to some of them. */
const changed = (
  doc: Availability | undefined,
  { aggregateId, occurredOn }: { readonly aggregateId: string; readonly occurredOn: string },
  change: { readonly onHand?: number; readonly reserved?: number; readonly sold?: number },
): Availability => {
  const onHand = (doc?.onHand ?? 0) + (change.onHand ?? 0);
  const reserved = (doc?.reserved ?? 0) + (change.reserved ?? 0);
  const sold = (doc?.sold ?? 0) + (change.sold ?? 0);
  return { sku: aggregateId, onHand, reserved, available: onHand - reserved, sold, updatedAt: occurredOn };
};

/**
 * The stock of a SKU. It takes every event, also those that change no figure: then a missing one shows as a gap
 * in the sequence (promise 6), and a client can wait for any write.
 */
export const availability = projection<Availability>('inventory.availability', [
  init(StockReceived, (event, doc) => changed(doc, event, { onHand: event.payload.quantity })),
  init(InventoryReserved, (event, doc) => changed(doc, event, { reserved: event.payload.quantity })),
  init(InventoryReservationRejected, (event, doc) => changed(doc, event, {})),
  init(InventoryReleased, (event, doc) => changed(doc, event, { reserved: -event.payload.quantity })),
  init(InventoryCommitted, (event, doc) => {
    const { quantity } = event.payload;
    return changed(doc, event, { onHand: -quantity, reserved: -quantity, sold: quantity });
  }),
  init(StockLow, (event, doc) => changed(doc, event, {})),
]);
