import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { workingOff } from '../../../shared/ingest/work-off.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { workImports } from '../policies/work-imports.ts';
import { createProduct, product } from '../product.ts';
import { productImports } from '../product-imports.ts';

const run = commands();

const work = workingOff({
  commands: run,
  imports: productImports,
  subjectOf: ({ sku }) => sku,
  apply: ({ price: _, ...article }, context) =>
    run.execute(product, article.sku, context, (state) => createProduct(state, article)),
});

export const handler = consume(reacting(workImports, work), means());
