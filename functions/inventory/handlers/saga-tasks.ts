import { compensation, sagaTask, sagaTasks, stepResult } from '../../../shared/orchestrate/saga-task.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { reserveInventory } from '../reserve-inventory.ts';
import { releaseInventory, skusOf, stock } from '../stock.ts';

const run = commands();

export const handler = sagaTasks({
  ReserveInventory: sagaTask(command.reserveInventory, reserveInventory(run)),
  ReleaseInventory: compensation(command.releaseInventory, async (order, context) =>
    stepResult(
      'released',
      await run.executeAll(stock, skusOf(order), context, (stocks) => releaseInventory(stocks, order)),
    ),
  ),
});
