import { z } from 'zod';
import { customerId, sku } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi, noBody } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands, views } from '../../../shared/wire/resources.ts';
import { addCartItem, cart, removeCartItem } from '../cart.ts';
import { checkOutCart } from '../check-out-cart.ts';
import * as command from '../commands.ts';
import { offersOf } from '../offers-of.ts';

const run = commands();
const findOffers = offersOf(views());
const checkOut = checkOutCart(run, findOffers, personalData());
const api = httpApi(onceForCommands());
const cartPath = z.object({ customerId });
const itemPath = z.object({ customerId, sku });

api.command('post', '/carts/:customerId/items', command.addCartItem, async ({ params, body, context }) => {
  const { customerId } = parse(cartPath, params, 'path');
  const item = { customerId, ...body };
  const offers = await findOffers([item.sku]);
  const outcome = await run.execute(cart, customerId, context, (state) => addCartItem(state, offers, item));
  return accepted({ customerId }, outcome);
});

api.command('delete', '/carts/:customerId/items/:sku', noBody, async ({ params, context }) => {
  const item = parse(itemPath, params, 'path');
  const { customerId } = item;
  const outcome = await run.execute(cart, customerId, context, (state) => removeCartItem(state, item));
  return accepted({ customerId }, outcome);
});

api.command(
  'post',
  '/carts/:customerId/check-out',
  command.checkOutCart,
  async ({ params, body, context }) => {
    const { customerId } = parse(cartPath, params, 'path');
    const { orderId, outcome } = await checkOut(customerId, body, context);
    return accepted({ customerId, orderId }, outcome);
  },
);

export const { handler } = api;
