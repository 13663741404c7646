import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { createOrder, order } from '../order.ts';
import { orderOnCheckout } from '../policies/order-on-checkout.ts';

const run = commands();

export const handler = consume(
  reacting(orderOnCheckout, (cart, context) =>
    run.execute(order, cart.orderId, context, (state) => createOrder(state, cart.order)),
  ),
  means(),
);
