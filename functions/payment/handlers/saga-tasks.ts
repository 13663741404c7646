import { compensation, sagaTask, sagaTasks } from '../../../shared/orchestrate/saga-task.ts';
import { circuitOf } from '../../../shared/wire/circuit-of.ts';
import { commands, setting } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { httpPaymentGateway } from '../http-payment-gateway.ts';
import { processPayment } from '../process-payment.ts';
import { refundPayment } from '../refund-payment.ts';

const run = commands();
const gateway = httpPaymentGateway(setting('PAYMENT_GATEWAY_URL'), {
  circuit: circuitOf('payment-gateway'),
});

export const handler = sagaTasks({
  ProcessPayment: sagaTask(command.processPayment, processPayment(run, gateway)),
  RefundPayment: compensation(command.refundPayment, refundPayment(run, gateway)),
});
