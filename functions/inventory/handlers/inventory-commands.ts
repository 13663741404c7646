import { z } from 'zod';
import { sku } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { importRoute } from '../../../shared/ingest/import-route.ts';
import { stageImport } from '../../../shared/ingest/stage-import.ts';
import { legacyContext } from '../../../shared/legacy/legacy-event.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { receiveStock, stock } from '../stock.ts';
import { stockFile } from '../stock-file.ts';
import { stockImports } from '../stock-imports.ts';

const run = commands();
const api = httpApi(onceForCommands());
const path = z.object({ sku });

api.command('post', '/inventory/:sku/receipts', command.receiveStock, async ({ params, body, context }) => {
  // A first receipt is what makes a SKU known: the path has to be checked like a body.
  const { sku } = parse(path, params, 'path');
  return accepted({ sku }, await run.execute(stock, sku, context, () => receiveStock(sku, body)));
});

api.command('post', '/inventory/legacy-events', command.legacyStockReceived, async ({ body, context }) => {
  const { sku, ...receipt } = body.data;
  const outcome = await run.execute(stock, sku, legacyContext(body, context), () =>
    receiveStock(sku, receipt),
  );
  return accepted({ sku }, outcome);
});

importRoute(
  api,
  '/inventory/imports',
  stageImport({ commands: run, imports: stockImports, format: stockFile }),
);

export const { handler } = api;
