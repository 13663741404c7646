import { importOf } from '../../shared/ingest/import.ts';
import type { ImportEvents } from '../../shared/ingest/import-events.ts';
import { stockImport, StockImportCompleted, StockImportProgressed, StockImportStaged } from './events.ts';
import type { StockLine } from './stock-file.ts';

export const stockImportEvents: ImportEvents<StockLine> = {
  definition: stockImport,
  staged: StockImportStaged,
  progressed: StockImportProgressed,
  completed: StockImportCompleted,
};

/** The import of a file of receipts. */
export const stockImports = importOf(stockImportEvents);
