import { z } from 'zod';
import { sellerId } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi, noBody } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { approveSeller, registerSeller, seller, suspendSeller } from '../seller.ts';

const run = commands();
const api = httpApi(onceForCommands());
const path = z.object({ sellerId });

api.command('post', '/sellers', command.registerSeller, async ({ body, context }) => {
  const { sellerId } = body;
  const outcome = await run.execute(seller, sellerId, context, (state) => registerSeller(state, body));
  return accepted({ sellerId }, outcome);
});

api.command('post', '/sellers/:sellerId/approve', noBody, async ({ params, context }) => {
  const { sellerId } = parse(path, params, 'path');
  const outcome = await run.execute(seller, sellerId, context, (state) => approveSeller(state, sellerId));
  return accepted({ sellerId }, outcome);
});

api.command(
  'post',
  '/sellers/:sellerId/suspend',
  command.suspendSeller,
  async ({ params, body, context }) => {
    const { sellerId } = parse(path, params, 'path');
    const suspension = { sellerId, ...body };
    const outcome = await run.execute(seller, sellerId, context, (state) => suspendSeller(state, suspension));
    return accepted({ sellerId }, outcome);
  },
);

export const { handler } = api;
