import { z } from 'zod';
import { orderId } from '../../../shared/define/identifiers.ts';
import { sagaTask, sagaTasks, stepResult } from '../../../shared/orchestrate/saga-task.ts';
import { commands } from '../../../shared/wire/resources.ts';
import { cancelOrder as cancelOrderInput } from '../commands.ts';
import { cancelOrder, confirmOrder, order } from '../order.ts';

const run = commands();
const input = z.object({ orderId });

export const handler = sagaTasks({
  ConfirmOrder: sagaTask(input, async ({ orderId }, context) =>
    stepResult('confirmed', await run.execute(order, orderId, context, confirmOrder)),
  ),
  CancelOrder: sagaTask(input.extend(cancelOrderInput.shape), async ({ orderId, reason }, context) =>
    stepResult(
      'cancelled',
      await run.execute(order, orderId, context, (state) => cancelOrder(state, { reason })),
    ),
  ),
});
