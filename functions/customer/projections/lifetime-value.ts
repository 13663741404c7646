import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { customerOf } from '../../../shared/define/event.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';

/** Money that moved in one currency, in minor units. */
export interface Turnover {
  readonly currency: string;
  readonly paid: number;
  readonly refunded: number;
}

/** What moved between a customer and the shop in one UTC month, by currency. */
export interface MonthOfCustomer {
  readonly month: string;
  readonly turnovers: readonly Turnover[];
}

const monthOf = ({ occurredOn }: EventEnvelope): string => occurredOn.slice(0, 'YYYY-MM'.length);

/** Sums by currency, in the order of their codes: the same whichever came first. */
const addTurnovers = (turnovers: readonly Turnover[]): readonly Turnover[] => {
  const sums = new Map<string, Turnover>();
  for (const { currency, paid, refunded } of turnovers) {
    const sum = sums.get(currency) ?? { currency, paid: 0, refunded: 0 };
    sums.set(currency, { currency, paid: sum.paid + paid, refunded: sum.refunded + refunded });
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
};

const moved = (
  event: EventEnvelope,
  doc: MonthOfCustomer | undefined,
  turnover: Turnover,
): MonthOfCustomer => ({
  month: monthOf(event),
  turnovers: addTurnovers([...(doc?.turnovers ?? []), turnover]),
});

/**
 * What a customer paid and got back, month by month: the sum of them is their lifetime value, and no document grows
 * for longer than a month. A payment's id is its order's, and begins with the customer's.
 */
export const lifetimeValue = projection<MonthOfCustomer>(
  'customer.lifetime-value',
  [
    init(PaymentProcessed, (event, doc) => {
      const { currency, amount: paid } = event.payload.amount;
      return moved(event, doc, { currency, paid, refunded: 0 });
    }),
    init(PaymentRefunded, (event, doc) => {
      const { currency, amount: refunded } = event.payload.amount;
      return moved(event, doc, { currency, paid: 0, refunded });
    }),
  ],
  (event) => ({ group: customerOf(event.aggregateId), item: monthOf(event) }),
);

/** A customer's lifetime value in each currency: paid minus refunded. */
export const valueOf = (months: readonly MonthOfCustomer[]) =>
  addTurnovers(months.flatMap(({ turnovers }) => turnovers)).map((sum) => ({
    ...sum,
    value: sum.paid - sum.refunded,
  }));
