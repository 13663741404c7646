import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { followOrders } from '../policies/follow-orders.ts';
import { openSale, sale } from '../sale.ts';

const run = commands();

export const handler = consume(
  reacting(followOrders, (order, context) =>
    run.execute(sale, order.orderId, context, (state) => openSale(state, order)),
  ),
  means(),
);
