import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { workingOff } from '../../../shared/ingest/work-off.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { workImports } from '../policies/work-imports.ts';
import { receiveStock, stock } from '../stock.ts';
import { stockImports } from '../stock-imports.ts';

const run = commands();

const work = workingOff({
  commands: run,
  imports: stockImports,
  subjectOf: ({ sku }) => sku,
  apply: ({ sku, ...receipt }, context) => run.execute(stock, sku, context, () => receiveStock(sku, receipt)),
});

export const handler = consume(reacting(workImports, work), means());
