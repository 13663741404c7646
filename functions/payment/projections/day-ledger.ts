import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PaymentProcessed, PaymentRefunded } from '../events.ts';

/** One movement of money. */
export interface LedgerRow {
  readonly at: string;
  readonly orderId: string;
  readonly kind: 'captured' | 'refunded';
  readonly amount: Money;
}

/** Movements of money by the UTC day they happened on. A row is made of one event and never changes. */
export const dayLedger = projection<LedgerRow>(
  'payment.day-ledger',
  [
    init(PaymentProcessed, ({ payload: { orderId, amount }, occurredOn: at }) => ({
      at,
      orderId,
      kind: 'captured',
      amount,
    })),
    init(PaymentRefunded, ({ payload: { orderId, amount }, occurredOn: at }) => ({
      at,
      orderId,
      kind: 'refunded',
      amount,
    })),
  ],
  ({ aggregateId, eventType, occurredOn }) => ({
    group: occurredOn.slice(0, 'YYYY-MM-DD'.length),
    item: `${aggregateId}#${eventType}`,
  }),
);
