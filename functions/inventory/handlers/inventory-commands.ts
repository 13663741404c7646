import { z } from 'zod';
import { sku } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { receiveStock, stock } from '../stock.ts';

const run = commands();
const api = httpApi(onceForCommands());
const path = z.object({ sku });

api.command('post', '/inventory/:sku/receipts', command.receiveStock, async ({ params, body, context }) => {
  // A first receipt is what makes a SKU known: the path has to be checked like a body.
  const { sku } = parse(path, params, 'path');
  return accepted({ sku }, await run.execute(stock, sku, context, () => receiveStock(sku, body)));
});

export const { handler } = api;
