import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { order } from '../order.ts';
import { completeDelivered, completeOnDelivery } from '../policies/complete-on-delivery.ts';

const run = commands();

export const handler = consume(
  reacting(completeOnDelivery, ({ orderId }, context) =>
    run.execute(order, orderId, context, completeDelivered),
  ),
  means(),
);
