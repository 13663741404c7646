import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import { PermanentError } from '../../shared/errors/mesh-error.ts';
import type { StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { ProcessPayment } from './commands.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from './events.ts';
import { payment, recordCharge, type PaymentState } from './payment.ts';
import type { ChargeAnswer, PaymentGateway } from './payment-gateway.ts';

/** An order that costs nothing needs no charge. */
const free: ChargeAnswer = { status: 'captured', chargeId: 'free' };

/**
 * Charges an order once (ADR 4: a payment's own events and the gateway's key are its idempotency record).
 *
 * The gateway is called outside the optimistic retry of the append. A crash between the two is covered by the
 * gateway's key; of two racing attempts one appends, and both answer what is recorded.
 * @throws TransientError while it is unknown whether money moved: try again, or refund
 */
export const processPayment =
  (run: CommandHandler, gateway: PaymentGateway) =>
  async (command: ProcessPayment, context: CommandContext): Promise<StepResult> => {
    const { orderId: reference, amount, method } = command;
    const recorded = await run.state(payment, reference);
    if (recorded.status !== 'none') return resultOf(recorded, reference);
    const idempotencyKey = `${reference}#ProcessPayment`;
    const answer =
      amount.amount === 0 ? free : await gateway.charge({ reference, amount, method, idempotencyKey });
    await run.execute(payment, reference, context, (state) => recordCharge(state, command, answer));
    // Read, not concluded: another attempt, or the compensation, may have been first.
    return resultOf(await run.state(payment, reference), reference);
  };

const resultOf = (state: PaymentState, orderId: string): StepResult => {
  switch (state.status) {
    case 'processed':
      return { outcome: 'captured', event: PaymentProcessed.type, details: { chargeId: state.chargeId } };
    case 'failed':
      return { outcome: 'declined', event: PaymentFailed.type, reason: state.reason };
    case 'refunded':
      return { outcome: 'declined', event: PaymentRefunded.type, reason: 'the payment has been refunded' };
    case 'none':
      throw new PermanentError(
        'payment-unrecorded',
        `${orderId}: the payment was recorded and cannot be read back`,
      );
  }
};
