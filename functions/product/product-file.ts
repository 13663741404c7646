import { z } from 'zod';
import { decimalMoney } from '../../shared/define/decimal-money.ts';
import { sellerId, sku } from '../../shared/define/identifiers.ts';
import { csvText } from '../../shared/ingest/csv-fields.ts';
import type { CsvFormat } from '../../shared/ingest/read-csv.ts';
import { categorySchema, productDetailsSchema, type productLineSchema } from './events.ts';

/** A line of a file of products. */
export type ProductLine = z.infer<typeof productLineSchema>;

const decimal = z
  .string()
  .regex(/^\d{1,10}(\.\d{1,3})?$/, 'must be an amount such as 19.90')
  .transform(Number);

/** A line put into our words, its amount still in major units. */
const article = z.object({
  sku: z.string(),
  category: z.string(),
  sellerId: z.string(),
  name: z.string(),
  description: z.string(),
  price: decimalMoney.optional(),
});

const line = z
  .object({
    sku: csvText.pipe(sku),
    category: csvText.pipe(categorySchema),
    seller_id: csvText.pipe(sellerId),
    name: csvText.pipe(productDetailsSchema.shape.name),
    description: z.string().default('').pipe(productDetailsSchema.shape.description),
    price: decimal.optional(),
    currency: z.string().optional(),
  })
  .refine(({ price, currency }) => (price === undefined) === (currency === undefined), {
    path: ['price'],
    error: 'and currency go together',
  })
  .transform(({ seller_id: sellerId, price, currency, ...rest }): z.input<typeof article> => ({
    ...rest,
    sellerId,
    price: price === undefined || currency === undefined ? undefined : { amount: price, currency },
  }))
  .pipe(article);

/** `sku,category,seller_id,name,description,price,currency`: new products, and what they cost. */
export const productFile: CsvFormat<ProductLine> = {
  required: ['sku', 'category', 'seller_id', 'name'],
  optional: ['description', 'price', 'currency'],
  line,
};
