import { z } from 'zod';
import { provider, type ProviderOptions } from '../../shared/call/provider.ts';
import { reasonCodeOf } from '../../shared/define/reason-code.ts';
import type { PaymentGateway } from './payment-gateway.ts';

const providerId = z.string().min(1).max(200);
const capturedSchema = z.object({ status: z.literal('captured'), chargeId: providerId });
const declinedSchema = z.object({
  status: z.literal('declined'),
  // A decline is one whatever its words are, and those go no further: they may name the customer.
  reason: z.string().transform((text) => reasonCodeOf(text, 'declined-by-gateway')),
});
const refundSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('refunded'), refundId: providerId, amount: z.int().min(1) }),
  z.object({ status: z.literal('nothing_captured') }),
]);

/** The payment gateway over HTTP (README, "The gateway"); errors as of `provider`. */
export const httpPaymentGateway = (baseUrl: string, options?: ProviderOptions): PaymentGateway => {
  const gateway = provider('gateway', 'the payment gateway', baseUrl, options);
  return {
    charge: async ({ reference, amount: { amount, currency }, method, idempotencyKey }) => {
      const answer = await gateway.post('/charges', { reference, amount, currency, method }, idempotencyKey);
      if (answer.status === 201) return gateway.read(capturedSchema, answer);
      if (answer.status === 402) return gateway.read(declinedSchema, answer);
      throw gateway.unexpected(answer);
    },
    refund: async ({ reference, idempotencyKey }) => {
      const answer = await gateway.post('/refunds', { reference }, idempotencyKey);
      if (answer.status !== 200) throw gateway.unexpected(answer);
      const refund = gateway.read(refundSchema, answer);
      return refund.status === 'refunded' ? refund : { status: 'nothing-captured' };
    },
  };
};
