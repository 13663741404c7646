import { uuidFrom } from '../../../shared/define/clock.ts';
import { customerOf, idWithinCustomer } from '../../../shared/define/event.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { addOrderItem, assertKnown, cancelOrder, createOrder, order, submitOrder } from '../order.ts';

const run = commands();
const vault = personalData();
const api = httpApi(onceForCommands());

api.command('post', '/orders', command.createOrder, async ({ body, context }) => {
  // From the command's id: a repeated request arrives at the same order.
  const orderId = idWithinCustomer(body.customerId, uuidFrom(context.commandId));
  // A draft's address is of no use yet: it comes again when the order is submitted.
  const address = body.submit ? body.deliveryAddress : undefined;
  const deliveryAddress = address && (await vault.seal(body.customerId, address));
  return accepted(
    { orderId },
    await run.execute(order, orderId, context, (state) => createOrder(state, { ...body, deliveryAddress })),
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
  async ({ params: { orderId = '' }, body, context }) => {
    // Sealing may make a customer's key: not for an order that nobody knows.
    assertKnown(await run.state(order, orderId));
    const deliveryAddress = await vault.seal(customerOf(orderId), body.deliveryAddress);
    const submission = { ...body, deliveryAddress };
    return accepted(
      { orderId },
      await run.execute(order, orderId, context, (state) => submitOrder(state, submission)),
    );
  },
);

api.command(
  'post',
  '/orders/:orderId/cancel',
  command.cancelOrder,
  async ({ params: { orderId = '' }, body, context }) =>
    accepted({ orderId }, await run.execute(order, orderId, context, (state) => cancelOrder(state, body))),
);

export const { handler } = api;
