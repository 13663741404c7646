import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import { stepResult, type StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { Carrier } from './carrier.ts';
import type { CancelDelivery } from './commands.ts';
import { cancelDelivery, delivery } from './delivery.ts';

interface TakeBackMeans {
  readonly commands: Pick<CommandHandler, 'execute'>;
  readonly carrier: Pick<Carrier, 'cancel'>;
}

/**
 * The saga's compensation CancelDelivery. The fence comes first: from then on nothing can be arranged or
 * dispatched, so the carrier never cancels a parcel that our books have on its way. A repeat calls it again.
 */
export const takeBackDelivery =
  ({ commands, carrier }: TakeBackMeans) =>
  async (input: CancelDelivery, context: CommandContext): Promise<StepResult> => {
    const outcome = await commands.execute(delivery, input.orderId, context, (state) =>
      cancelDelivery(state, input),
    );
    await carrier.cancel(input.orderId);
    return stepResult('cancelled', outcome);
  };
