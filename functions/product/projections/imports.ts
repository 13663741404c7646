import { importView } from '../../../shared/ingest/import-view.ts';
import { productImportEvents } from '../product-imports.ts';

/** How far each import has come. */
export const imports = importView('product.imports', productImportEvents);
