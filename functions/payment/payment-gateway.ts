import type { Money } from '../../shared/define/money.ts';

export interface ChargeRequest {
  /** What the charge is for, and what a refund names: the order's id. */
  readonly reference: string;
  readonly amount: Money;
  /** The provider's token for how the customer pays. */
  readonly method: string;
  /** The gateway charges once per key and answers the same from then on. */
  readonly idempotencyKey: string;
}

export type ChargeAnswer =
  | { readonly status: 'captured'; readonly chargeId: string }
  /** `reason` is a code (ADR 16). */
  | { readonly status: 'declined'; readonly reason: string };

export interface RefundRequest {
  readonly reference: string;
  readonly idempotencyKey: string;
}

export type RefundAnswer =
  /** `amount` is all that was captured under the reference, in minor units of the charge's currency. */
  | { readonly status: 'refunded'; readonly refundId: string; readonly amount: number }
  | { readonly status: 'nothing-captured' };

/**
 * The payment provider. Both calls throw TransientError when no answer came (timeout, connection, 5xx), which
 * leaves open whether money moved, and PermanentError for an answer that breaks the contract.
 */
export interface PaymentGateway {
  charge(request: ChargeRequest): Promise<ChargeAnswer>;
  /** Returns whatever was captured under a reference and voids it: a charge that comes later is declined. */
  refund(request: RefundRequest): Promise<RefundAnswer>;
}
