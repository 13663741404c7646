import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { importRoute } from '../../../shared/ingest/import-route.ts';
import { stageImport } from '../../../shared/ingest/stage-import.ts';
import { legacyContext } from '../../../shared/legacy/legacy-event.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { changeProduct, createProduct, discontinueProduct, product } from '../product.ts';
import { productFile } from '../product-file.ts';
import { productImports } from '../product-imports.ts';

const run = commands();
const api = httpApi(onceForCommands());

api.command('post', '/products', command.createProduct, async ({ body, context }) => {
  const { sku } = body;
  return accepted({ sku }, await run.execute(product, sku, context, (state) => createProduct(state, body)));
});

api.command('put', '/products/:sku', command.changeProduct, async ({ params: { sku = '' }, body, context }) =>
  accepted({ sku }, await run.execute(product, sku, context, (state) => changeProduct(state, body))),
);

api.command(
  'post',
  '/products/:sku/discontinue',
  command.discontinueProduct,
  async ({ params: { sku = '' }, body, context }) =>
    accepted({ sku }, await run.execute(product, sku, context, (state) => discontinueProduct(state, body))),
);

api.command('post', '/products/legacy-events', command.legacyProductCreated, async ({ body, context }) => {
  const { sku } = body.data;
  const origin = legacyContext(body, context);
  return accepted(
    { sku },
    await run.execute(product, sku, origin, (state) => createProduct(state, body.data)),
  );
});

importRoute(
  api,
  '/products/imports',
  stageImport({ commands: run, imports: productImports, format: productFile }),
);

export const { handler } = api;
