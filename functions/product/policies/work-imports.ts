import { on, policy } from '../../../shared/consume/policy.ts';
import type { Staged } from '../../../shared/ingest/import-events.ts';
import { ProductImportStaged } from '../events.ts';
import type { ProductLine } from '../product-file.ts';

/** Whenever lines of a file were staged, their products are created. */
export const workImports = policy<Staged<ProductLine>>('product.work-imports', [
  on(ProductImportStaged, ({ payload }) => payload),
]);
