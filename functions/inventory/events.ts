import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { orderId, quantity, sku } from '../../shared/define/identifiers.ts';
import { importCompleted, importProgressed, importStaged } from '../../shared/ingest/import-events.ts';

/** The stock of one SKU: its id is the SKU, and so is its ordering key. */
export const stock = defineAggregate('inventory', 'stock');

/** An order may name a SKU on several lines, so what is reserved can pass a line's limit. */
const units = z.int().min(1);

/** What the sender knows a receipt by, such as the number of a delivery note. */
export const referenceSchema = z.string().trim().min(1).max(60);

export const StockReceived = stock.event(
  'StockReceivedEvent',
  z.object({ sku, quantity, reference: referenceSchema.optional() }),
  { version: 1, revision: '1.0' },
);

export const InventoryReserved = stock.event(
  'InventoryReservedEvent',
  z.object({ sku, orderId, quantity: units }),
  { version: 1 },
);

/** Too little for an order; the whole order reserves nothing. */
export const InventoryReservationRejected = stock.event(
  'InventoryReservationRejectedEvent',
  z.object({ sku, orderId, requested: units, available: z.int().min(0) }),
  { version: 1 },
);

/** A reservation taken back (SAG-05). A quantity of 0 is only a fence against a reservation that comes too late. */
export const InventoryReleased = stock.event(
  'InventoryReleasedEvent',
  z.object({ sku, orderId, quantity: z.int().min(0), reason: z.string().max(500) }),
  { version: 1 },
);

/** What was reserved has left the warehouse for good. */
export const InventoryCommitted = stock.event(
  'InventoryCommittedEvent',
  z.object({ sku, orderId, quantity: units }),
  { version: 1 },
);

export const StockLow = stock.event(
  'StockLowEvent',
  z.object({ sku, available: z.int().min(0), threshold: z.int().min(1) }),
  { version: 1 },
);

export type StockEvent = EventOf<
  | typeof StockReceived
  | typeof InventoryReserved
  | typeof InventoryReservationRejected
  | typeof InventoryReleased
  | typeof InventoryCommitted
  | typeof StockLow
>;

/** The import of a file of receipts. */
export const stockImport = defineAggregate('inventory', 'stock-import');

export const StockImportStaged = stockImport.event(
  'StockImportStagedEvent',
  importStaged(StockReceived.schema),
  { version: 1 },
);

export const StockImportProgressed = stockImport.event('StockImportProgressedEvent', importProgressed, {
  version: 1,
});

export const StockImportCompleted = stockImport.event('StockImportCompletedEvent', importCompleted, {
  version: 1,
});
