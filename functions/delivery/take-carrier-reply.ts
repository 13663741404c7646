import type { CommandHandler, Outcome } from '../../shared/decide/command-handler.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { logger, withTrace } from '../../shared/observe/telemetry.ts';
import type { AnswerSaga } from './answer-saga.ts';
import type { CarrierReply } from './commands.ts';
import type { DeliveryRequests } from './delivery-requests.ts';
import { delivery, settleDelivery } from './delivery.ts';
import { settledResult } from './settled-result.ts';

interface ReplyMeans {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly requests: DeliveryRequests;
  readonly answer: AnswerSaga;
}

/**
 * Takes the carrier's answer to a booking: writes it to the order's stream, then wakes the saga with what the
 * stream says. A repeated answer finds the event and wakes the saga again.
 * @throws BusinessError `booking-unknown` when nothing was asked under that reference within the last day
 */
export const takeCarrierReply =
  ({ commands, requests, answer }: ReplyMeans) =>
  async (reply: CarrierReply, commandId: string): Promise<Outcome> => {
    const request = await requests.find(reply.reference);
    if (!request)
      throw new BusinessError('booking-unknown', `nothing was booked as ${reply.reference}`, 'not-found');
    // The answer belongs to the saga that asked, not to the call that brings it.
    return withTrace(request.trail, async () => {
      const context = { ...request.trail, commandId };
      const outcome = await commands.execute(delivery, reply.reference, context, (state) =>
        settleDelivery(state, request, reply),
      );
      const settled = settledResult(await commands.state(delivery, reply.reference));
      if (!settled) throw new Error(`${reply.reference} is not settled after the carrier's answer`);
      if ((settled.outcome === 'arranged') !== (reply.status === 'accepted')) {
        logger.warn('the carrier answered something else than what stands', { reply, settled });
      }
      // Looked up again: a later attempt of the step may wait under another token by now.
      await answer((await requests.find(reply.reference))?.taskToken ?? request.taskToken, settled);
      return outcome;
    });
  };
