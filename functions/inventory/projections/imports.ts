import { importView } from '../../../shared/ingest/import-view.ts';
import { stockImportEvents } from '../stock-imports.ts';

/** How far each import has come. */
export const imports = importView('inventory.imports', stockImportEvents);
