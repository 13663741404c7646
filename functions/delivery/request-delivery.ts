import { addressSchema, type Address } from '../../shared/define/address.ts';
import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import { parse } from '../../shared/define/parse.ts';
import { UnavailableError } from '../../shared/errors/mesh-error.ts';
import { laterResult, type StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import type { AnswerSaga } from './answer-saga.ts';
import type { Carrier } from './carrier.ts';
import type { ArrangeDelivery } from './commands.ts';
import type { DeliveryRequests } from './delivery-requests.ts';
import { cancelDelivery, delivery } from './delivery.ts';
import { settledResult } from './settled-result.ts';

/** Why a delivery is given up: nobody may know any more where it was to go. */
const ERASED = 'customer-erased';

interface RequestMeans {
  readonly commands: Pick<CommandHandler, 'state' | 'execute'>;
  readonly vault: Pick<Vault, 'open'>;
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
 *
 * The address is opened for the carrier alone. Where the customer was erased meanwhile, nothing is delivered: the stream
 * says so first, and then the carrier is told, since an earlier attempt may have booked. Both are safe to repeat, and a
 * late attempt in a process that still holds the key finds what the stream says.
 */
export const requestDelivery = ({ commands, vault, requests, carrier, answer }: RequestMeans) => {
  const settled = async (orderId: string): Promise<StepResult | undefined> =>
    settledResult(await commands.state(delivery, orderId));

  const addressOf = async ({ customerId, address }: ArrangeDelivery): Promise<Address | undefined> => {
    const found = await vault.open(customerId, address);
    return found === undefined ? undefined : parse(addressSchema, found, 'opened address');
  };

  const book = async (
    step: ArrangeDelivery,
    address: Address,
    idempotencyKey: string,
  ): Promise<StepResult> => {
    const { orderId: reference, lines } = step;
    const { bookingId } = await carrier.book({ reference, address, lines, idempotencyKey });
    return { outcome: 'requested', details: { bookingId } };
  };

  const giveUp = async (step: ArrangeDelivery, context: CommandContext): Promise<StepResult> => {
    const { orderId, customerId } = step;
    await commands.execute(delivery, orderId, context, (state) =>
      state.status === 'none' ? cancelDelivery(state, { orderId, customerId, reason: ERASED }) : [],
    );
    const result = (await settled(orderId)) ?? { outcome: 'refused', reason: ERASED };
    if (result.reason === ERASED) await carrier.cancel(orderId);
    return result;
  };

  const work = async (step: ArrangeDelivery, context: CommandContext): Promise<StepResult> => {
    const earlier = await settled(step.orderId);
    if (earlier && earlier.reason !== ERASED) return earlier;
    const address = earlier ? undefined : await addressOf(step);
    return address ? book(step, address, context.commandId) : giveUp(step, context);
  };

  return async (step: ArrangeDelivery, context: CommandContext): Promise<StepResult> => {
    const { taskToken, ...requested } = step;
    const { commandId: _, ...trail } = context;
    await requests.remember({ ...requested, taskToken, trail });
    const result = await work(step, context).catch(later);
    // What is known now the state machine hears of as of every answer: under the token.
    if (result.outcome !== 'requested') await answer(taskToken, result);
    return result;
  };
};

/** While the carrier's circuit is open (CON-12). */
const later = (error: unknown): StepResult => {
  if (!(error instanceof UnavailableError)) throw error;
  return laterResult(error);
};
