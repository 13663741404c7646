import { expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { stageImport } from '../../shared/ingest/stage-import.ts';
import { workingOff } from '../../shared/ingest/work-off.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { productImport } from './events.ts';
import { workImports } from './policies/work-imports.ts';
import { createProduct, product } from './product.ts';
import { productFile } from './product-file.ts';
import { productImports } from './product-imports.ts';

it('a file of products creates those that are new, and tells of those that are there', async () => {
  const commands = commandHandler(memoryEventStore());
  const csv = `sku,category,seller_id,name,price,currency
tea-1,green-tea,seller-1,Sencha,19.90,EUR
tea-1,green-tea,seller-1,Sencha again,,
tea-2,green-tea,seller-1,Bancha,,
`;
  const stage = stageImport({ commands, imports: productImports, format: productFile });
  const { importId, events } = await stage({ fileName: 'tea.csv', csv }, commandContext('key-1'));
  const work = workingOff({
    commands,
    imports: productImports,
    subjectOf: ({ sku }) => sku,
    apply: ({ price: _, ...article }, context) =>
      commands.execute(product, article.sku, context, (state) => createProduct(state, article)),
  });
  const consumer = reacting(workImports, work);
  const deliveries = events.map((event) => deliveryOf(productImport, event));
  for (let again = 0; again < 2; again += 1)
    expect(await consumer.process(deliveries)).toEqual([{ kind: 'applied' }]);
  expect(await commands.state(product, 'tea-1')).toMatchObject({ status: 'listed', name: 'Sencha' });
  expect(await commands.state(product, 'tea-2')).toMatchObject({ status: 'listed' });
  expect(await commands.state(productImports.aggregate, importId)).toMatchObject({ applied: 2, refused: 1 });
});
