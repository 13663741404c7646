import { on, policy } from '../../../shared/consume/policy.ts';
import type { Staged } from '../../../shared/ingest/import-events.ts';
import { StockImportStaged } from '../events.ts';
import type { StockLine } from '../stock-file.ts';

/** Whenever lines of a file were staged, they are received. */
export const workImports = policy<Staged<StockLine>>('inventory.work-imports', [
  on(StockImportStaged, ({ payload }) => payload),
]);
