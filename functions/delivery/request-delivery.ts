import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import { UnavailableError } from '../../shared/errors/mesh-error.ts';
import { laterResult, type StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { AnswerSaga } from './answer-saga.ts';
import type { Carrier } from './carrier.ts';
import type { ArrangeDelivery } from './commands.ts';
import type { DeliveryRequests } from './delivery-requests.ts';
import { delivery } from './delivery.ts';
import { settledResult } from './settled-result.ts';

interface RequestMeans {
  readonly commands: Pick<CommandHandler, 'state'>;
  readonly requests: DeliveryRequests;
  readonly carrier: Carrier;
  readonly answer: AnswerSaga;
}

/**
 * The saga's step ArrangeDelivery: asks the carrier, whose answer comes by itself. The step waits under its task
 * token; what this returns is only for the log.
 *
 * The token is remembered before the stream is looked at, and an answer is written to the stream before the
 * token is looked up: so whichever of an answer and a repeated attempt is second sees the first, and the newest
 * token is answered.
 */
export const requestDelivery =
  ({ commands, requests, carrier, answer }: RequestMeans) =>
  async ({ taskToken, ...requested }: ArrangeDelivery, context: CommandContext): Promise<StepResult> => {
    const { commandId, ...trail } = context;
    await requests.remember({ ...requested, taskToken, trail });
    const settled = settledResult(await commands.state(delivery, requested.orderId));
    if (settled) {
      await answer(taskToken, settled);
      return settled;
    }
    const { orderId: reference, address, lines } = requested;
    try {
      const { bookingId } = await carrier.book({ reference, address, lines, idempotencyKey: commandId });
      return { outcome: 'requested', details: { bookingId } };
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      // The state machine hears of it as of every answer: under the token.
      await answer(taskToken, laterResult(error));
      return laterResult(error);
    }
  };
