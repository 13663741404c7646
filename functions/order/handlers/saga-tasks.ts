import { z } from 'zod';
import { orderId } from '../../../shared/define/identifiers.ts';
import { sagaTask, sagaTasks, stepResult } from '../../../shared/orchestrate/saga-task.ts';
import { commands } from '../../../shared/wire/resources.ts';
import { cancelOrder, confirmOrder, order } from '../order.ts';
import { takeBackOrder } from '../take-back-order.ts';

const run = commands();
const input = z.object({ orderId });

export const handler = sagaTasks({
  ConfirmOrder: sagaTask(input, async ({ orderId }, context) =>
    stepResult('confirmed', await run.execute(order, orderId, context, confirmOrder)),
  ),
  CancelOrder: sagaTask(takeBackOrder, async ({ orderId, reason }, context) =>
    stepResult(
      'cancelled',
      await run.execute(order, orderId, context, (state) => cancelOrder(state, { reason })),
    ),
  ),
});
