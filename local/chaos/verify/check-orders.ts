import type { Charge } from '../../scenarios/money.ts';
import type { Books, OrderBook } from './order-books.ts';

/** What was seen outside of the tables, for the orders to be held against. */
export interface Outside {
  /** What the payment provider captured. */
  readonly charges: readonly Charge[];
  /** Order → how its newest saga stands, in Step Functions' words. */
  readonly sagas: ReadonlyMap<string, string>;
  /** Orders whose command was accepted, and what was done with them afterwards. */
  readonly accepted: {
    readonly orders: readonly string[];
    readonly cancelled: ReadonlySet<string>;
    readonly dispatched: ReadonlySet<string>;
    readonly completed: ReadonlySet<string>;
  };
}

const ENDED = new Set(['confirmed', 'completed', 'cancelled']);
const isSold = ({ status }: OrderBook): boolean => status === 'confirmed' || status === 'completed';

const pieces = (held: ReadonlyMap<string, number>): string =>
  [...held]
    .filter(([, quantity]) => quantity !== 0)
    .map(([sku, quantity]) => `${quantity} × ${sku}`)
    .toSorted()
    .join(', ');

/** Sold: paid in full, on its way, its pieces held back, or gone once it was dispatched. */
const checkSold = (book: OrderBook): string[] => {
  const { orderId, status, total, captured, refunded, delivery, wanted, reserved, committed } = book;
  const found: string[] = [];
  if (captured - refunded !== total)
    found.push(`${orderId} is ${status}: ${captured} captured and ${refunded} refunded of ${total}`);
  const isGone = delivery === 'dispatched' || delivery === 'completed';
  if (delivery !== 'arranged' && !isGone) found.push(`${orderId} is ${status}, its delivery ${delivery}`);
  const [kept, other] = isGone ? [committed, reserved] : [reserved, committed];
  if (pieces(kept) !== pieces(wanted) || pieces(other) !== '')
    found.push(
      `${orderId} is ${status}, its delivery ${delivery}: wants ${pieces(wanted)}, ` +
        `has ${pieces(reserved) || 'nothing'} reserved and ${pieces(committed) || 'nothing'} committed`,
    );
  return found;
};

/** Cancelled: everything is back where it was. */
const checkCancelled = ({
  orderId,
  captured,
  refunded,
  delivery,
  reserved,
  committed,
}: OrderBook): string[] => {
  const found: string[] = [];
  if (captured !== refunded)
    found.push(`${orderId} is cancelled: ${captured} captured, ${refunded} refunded`);
  if (delivery !== 'none' && delivery !== 'cancelled')
    found.push(`${orderId} is cancelled, its delivery ${delivery}`);
  const kept = pieces(reserved) || pieces(committed);
  if (kept) found.push(`${orderId} is cancelled and still holds ${kept}`);
  return found;
};

const checkSaga = ({ orderId }: OrderBook, saga: string | undefined): string[] =>
  saga === 'SUCCEEDED' ? [] : [`the saga of ${orderId} is ${saga ?? 'nowhere'}`];

const checkProvider = (book: OrderBook, charges: readonly Charge[]): string[] => {
  const { orderId } = book;
  if (charges.length > 1) return [`${orderId} was charged ${charges.length} times`];
  const [charge] = charges;
  const taken = (charge?.captured ?? 0) - (charge?.refunded ?? 0);
  const due = isSold(book) ? book.total : 0;
  return taken === due ? [] : [`${orderId} is ${book.status}: the provider holds ${taken}, due are ${due}`];
};

/** What was done with orders from outside has to show. */
const checkDeeds = ({ orderId, status, delivery }: OrderBook, accepted: Outside['accepted']): string[] => {
  const found: string[] = [];
  if (accepted.cancelled.has(orderId) && status !== 'cancelled')
    found.push(`${orderId} was cancelled and is ${status}`);
  if (accepted.completed.has(orderId) && (status !== 'completed' || delivery !== 'completed'))
    found.push(`${orderId} was delivered: it is ${status}, its delivery ${delivery}`);
  if (accepted.dispatched.has(orderId) && delivery !== 'dispatched' && delivery !== 'completed')
    found.push(`${orderId} was dispatched, its delivery is ${delivery}`);
  return found;
};

/**
 * Every order that was accepted is there, once, has ended, and is whole: stock, money, delivery and saga say the
 * same (promise 9). @returns each deviation, named
 */
export const checkOrders = ({ orders }: Books, { charges, sagas, accepted }: Outside): string[] => {
  const wanted = new Set(accepted.orders);
  const byOrder = Map.groupBy(charges, ({ reference }) => reference);
  const strangers = [
    ...[...wanted]
      .filter((orderId) => !orders.has(orderId))
      .map((orderId) => `${orderId} was accepted and is lost`),
    ...[...orders.keys()]
      .filter((orderId) => !wanted.has(orderId))
      .map((orderId) => `${orderId} is nobody's order`),
    ...[...byOrder.keys()]
      .filter((orderId) => !orders.has(orderId))
      .map((orderId) => `a charge for ${orderId}, which is no order`),
  ];
  const deviations = [...orders.values()].flatMap((book) => [
    ...(ENDED.has(book.status) ? [] : [`${book.orderId} never ended: it is ${book.status}`]),
    ...(isSold(book) ? checkSold(book) : []),
    ...(book.status === 'cancelled' ? checkCancelled(book) : []),
    ...checkSaga(book, sagas.get(book.orderId)),
    ...checkProvider(book, byOrder.get(book.orderId) ?? []),
    ...checkDeeds(book, accepted),
  ]);
  return [...strangers, ...deviations];
};
