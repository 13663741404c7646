import { importOf } from '../../shared/ingest/import.ts';
import type { ImportEvents } from '../../shared/ingest/import-events.ts';
import {
  productImport,
  ProductImportCompleted,
  ProductImportProgressed,
  ProductImportStaged,
} from './events.ts';
import type { ProductLine } from './product-file.ts';

export const productImportEvents: ImportEvents<ProductLine> = {
  definition: productImport,
  staged: ProductImportStaged,
  progressed: ProductImportProgressed,
  completed: ProductImportCompleted,
};

/** The import of a file of products. */
export const productImports = importOf(productImportEvents);
