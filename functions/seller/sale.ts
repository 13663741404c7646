import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { OpenSale, SettleSale } from './commands.ts';
import {
  sale as definition,
  SaleBooked,
  SaleOpened,
  SalePaid,
  SaleRefunded,
  SaleReversed,
  type SaleEvent,
} from './events.ts';

type SaleLine = OpenSale['lines'][number];

/**
 * What is known of an order's sale. Its lines and its payment are told by two topics, so either may come first, and
 * `refunded` is where money ends: also before it was known to be paid.
 */
export interface SaleState {
  readonly lines: readonly SaleLine[] | undefined;
  readonly payment: 'unknown' | SettleSale['payment'];
  /** The lines that count for their sellers now. */
  readonly booked: readonly SaleLine[];
}

export const sale: Aggregate<SaleState, SaleEvent> = {
  definition,
  initial: { lines: undefined, payment: 'unknown', booked: [] },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'SaleOpenedEvent':
        return { ...state, lines: event.payload.lines };
      case 'SalePaidEvent':
        return { ...state, payment: 'paid' };
      case 'SaleRefundedEvent':
        return { ...state, payment: 'refunded' };
      case 'SaleBookedEvent': {
        const { sku, quantity, amount } = event.payload;
        return { ...state, booked: [...state.booked, { sku, quantity, amount }] };
      }
      case 'SaleReversedEvent':
        return { ...state, booked: state.booked.filter(({ sku }) => sku !== event.payload.sku) };
    }
  },
};

const book = (orderId: string, lines: readonly SaleLine[] = []): NewEvent[] =>
  lines.map((line) => SaleBooked.of({ orderId, ...line }));

/** An order's lines are known once: they never change after it was submitted. */
export const openSale = (state: SaleState, { orderId, lines }: OpenSale): NewEvent[] => {
  if (state.lines) return [];
  return [SaleOpened.of({ orderId, lines }), ...(state.payment === 'paid' ? book(orderId, lines) : [])];
};

/** A payment that was refunded is never paid again, whatever comes late. */
export const settleSale = (state: SaleState, { orderId, payment }: SettleSale): NewEvent[] => {
  if (state.payment === 'refunded' || state.payment === payment) return [];
  if (payment === 'paid') return [SalePaid.of({ orderId }), ...book(orderId, state.lines)];
  return [SaleRefunded.of({ orderId }), ...state.booked.map((line) => SaleReversed.of({ orderId, ...line }))];
};
