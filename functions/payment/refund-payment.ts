import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import type { StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { RefundPayment } from './commands.ts';
import { PaymentFailed, PaymentRefunded } from './events.ts';
import { payment, recordRefund, type PaymentState } from './payment.ts';
import type { PaymentGateway, RefundAnswer } from './payment-gateway.ts';

const free: RefundAnswer = { status: 'refunded', refundId: 'free', amount: 0 };

/** Whether the payment is closed: nothing more can be captured, and what was captured has gone back. */
const isClosed = ({ status }: PaymentState): boolean => status === 'failed' || status === 'refunded';

/**
 * Takes a payment back, whatever became of it: the compensation of ProcessPayment.
 *
 * Where nothing is recorded the gateway is asked all the same, since an answer may have been lost; that also
 * voids the reference, so a charge that is still on its way captures nothing.
 * @throws TransientError while it is unknown whether money moved: try again
 */
export const refundPayment =
  (run: CommandHandler, gateway: PaymentGateway) =>
  async (command: RefundPayment, context: CommandContext): Promise<StepResult> => {
    const { orderId: reference } = command;
    const recorded = await run.state(payment, reference);
    if (isClosed(recorded)) return resultOf(recorded);
    const answer = wasFree(recorded)
      ? free
      : await gateway.refund({ reference, idempotencyKey: `${reference}#RefundPayment` });
    await run.execute(payment, reference, context, (state) => recordRefund(state, command, answer));
    return resultOf(await run.state(payment, reference));
  };

const wasFree = (state: PaymentState): boolean => state.status === 'processed' && state.amount.amount === 0;

const resultOf = ({ status }: PaymentState): StepResult =>
  status === 'refunded'
    ? { outcome: 'refunded', event: PaymentRefunded.type }
    : { outcome: 'nothing-captured', event: PaymentFailed.type };
