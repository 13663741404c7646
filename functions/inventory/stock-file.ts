import { z } from 'zod';
import { quantity, sku } from '../../shared/define/identifiers.ts';
import { csvInteger, csvText } from '../../shared/ingest/csv-fields.ts';
import type { CsvFormat } from '../../shared/ingest/read-csv.ts';
import { referenceSchema } from './events.ts';

/** A line of a file of receipts. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
  readonly reference?: string | undefined;
}

/** `sku,quantity,reference`: what came in, and by which delivery note. */
export const stockFile: CsvFormat<StockLine> = {
  required: ['sku', 'quantity'],
  optional: ['reference'],
  line: z.object({
    sku: csvText.pipe(sku),
    quantity: csvInteger.pipe(quantity),
    reference: referenceSchema.optional(),
  }),
};
