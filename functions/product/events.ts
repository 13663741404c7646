import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { sellerId, sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { importCompleted, importProgressed, importStaged } from '../../shared/ingest/import-events.ts';

/** An article of the catalogue: its id is the SKU, and so is its ordering key. */
export const product = defineAggregate('product', 'product');

export const categorySchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
  .max(60);

/** What can change about an article. Its SKU, its seller and its category are what it is, and stay. */
export const productDetailsSchema = z.object({
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().max(2_000),
});

/** What every event of an article says, so that a view can find its document from the event alone. */
const article = { sku, category: categorySchema, sellerId };

export const ProductCreated = product.event(
  'ProductCreatedEvent',
  z.object({ ...article, ...productDetailsSchema.shape }),
  { version: 1 },
);

/** The details as they are from now on, all of them. */
export const ProductChanged = product.event(
  'ProductChangedEvent',
  z.object({ ...article, ...productDetailsSchema.shape }),
  { version: 1 },
);

/** It is sold no more; what was ordered stays ordered. */
export const ProductDiscontinued = product.event(
  'ProductDiscontinuedEvent',
  z.object({ ...article, reason: z.string().min(1).max(500) }),
  { version: 1 },
);

export type ProductEvent = EventOf<
  typeof ProductCreated | typeof ProductChanged | typeof ProductDiscontinued
>;

/** The import of a file of products. */
export const productImport = defineAggregate('product', 'product-import');

/** A line may also say what the article costs: that is for pricing to take. */
export const productLineSchema = z.object({
  ...article,
  ...productDetailsSchema.shape,
  price: moneySchema.optional(),
});

export const ProductImportStaged = productImport.event(
  'ProductImportStagedEvent',
  importStaged(productLineSchema),
  { version: 1 },
);

export const ProductImportProgressed = productImport.event('ProductImportProgressedEvent', importProgressed, {
  version: 1,
});

export const ProductImportCompleted = productImport.event('ProductImportCompletedEvent', importCompleted, {
  version: 1,
});
