import { uuidFrom } from '../../../shared/define/clock.ts';
import { idWithinCustomer } from '../../../shared/define/event.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { addOrderItem, cancelOrder, createOrder, order, submitOrder } from '../order.ts';

const run = commands();
const api = httpApi(onceForCommands());

api.command('post', '/orders', command.createOrder, async ({ body, context }) => {
  // From the command's id: a repeated request arrives at the same order.
  const orderId = idWithinCustomer(body.customerId, uuidFrom(context.commandId));
  return accepted(
    { orderId },
    await run.execute(order, orderId, context, (state) => createOrder(state, body)),
  );
});

api.command(
  'post',
  '/orders/:orderId/items',
  command.addOrderItem,
  async ({ params: { orderId = '' }, body, context }) =>
    accepted({ orderId }, await run.execute(order, orderId, context, (state) => addOrderItem(state, body))),
);

api.command(
  'post',
  '/orders/:orderId/submit',
  command.submitOrder,
  async ({ params: { orderId = '' }, body, context }) =>
    accepted({ orderId }, await run.execute(order, orderId, context, (state) => submitOrder(state, body))),
);

api.command(
  'post',
  '/orders/:orderId/cancel',
  command.cancelOrder,
  async ({ params: { orderId = '' }, body, context }) =>
    accepted({ orderId }, await run.execute(order, orderId, context, (state) => cancelOrder(state, body))),
);

export const { handler } = api;
