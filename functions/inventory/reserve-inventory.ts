import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import { stepResult, type StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { ReserveInventory } from './commands.ts';
import { shortage } from './shortage.ts';
import { reserveInventory as decide, skusOf, stock } from './stock.ts';

/**
 * Reserves an order's lines over all of its SKUs in one transaction.
 * @throws BusinessError when the order was released before, or told before that its items are short
 */
export const reserveInventory =
  (run: CommandHandler) =>
  async (order: ReserveInventory, context: CommandContext): Promise<StepResult> => {
    const skus = skusOf(order);
    const outcome = await run.executeAll(stock, skus, context, (stocks) => decide(stocks, order));
    const reason = shortage(outcome.events);
    if (reason !== undefined) return { ...stepResult('rejected', outcome), reason };
    if (outcome.repeated) {
      // The first outcome may be history by now: an attempt that comes after the release is refused like any other.
      const states = await Promise.all(skus.map(async (sku) => [sku, await run.state(stock, sku)] as const));
      decide(new Map(states), order);
    }
    return stepResult('reserved', outcome);
  };
