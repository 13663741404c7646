import type { Book, QuotedLine } from './book-of-day.ts';

const textOf = (lines: readonly QuotedLine[]): string =>
  lines
    .map(
      ({ sku, quantity, unitPrice, promotionId = '' }) =>
        `${String(quantity)} ${sku} at ${String(unitPrice.amount)} ${promotionId}`,
    )
    .toSorted()
    .join(', ');

/** A checked-out cart is exactly one order, with the lines and at the prices that were quoted. */
const checkOrders = ({ checkOuts, orders, submissions, prices }: Book): string[] =>
  [...checkOuts].flatMap(([orderId, { lines, total }]) => {
    const order = orders.get(orderId);
    if (!order) return [`check-out ${orderId} became no order`];
    const unquoted = lines.filter(({ sku, unitPrice }) => !prices.get(sku)?.has(unitPrice.amount));
    return [
      ...(submissions.get(orderId) === 1 ? [] : [`check-out ${orderId} became several orders`]),
      ...(textOf(order.lines) === textOf(lines) && order.total === total
        ? []
        : [`order ${orderId} is not what was checked out`]),
      ...unquoted.map(({ sku }) => `order ${orderId}: ${sku} never had that price`),
    ];
  });

/** Every order has ended, paid for to its total if it goes through, and not at all if it does not. */
const checkMoney = ({ orders }: Book): string[] =>
  [...orders].flatMap(([orderId, { status, total, paid }]) => {
    if (status === 'submitted') return [`order ${orderId} has not ended`];
    const due = status === 'cancelled' ? 0 : total;
    return paid === due
      ? []
      : [`order ${orderId} is ${status}: paid ${String(paid)} instead of ${String(due)}`];
  });

/** Nothing is sold beyond what was received, and what is held or gone is just what orders that go through say. */
const checkStock = ({ stock, orders }: Book): string[] => {
  const wanted = new Map<string, number>();
  for (const { status, lines } of orders.values())
    if (status === 'confirmed' || status === 'completed')
      for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return [...stock].flatMap(([sku, { received, reserved, sold }]) => [
    ...(reserved + sold <= received
      ? []
      : [`${sku}: ${String(reserved + sold)} of ${String(received)} sold`]),
    ...(reserved + sold === (wanted.get(sku) ?? 0)
      ? []
      : [`${sku}: ${String(reserved + sold)} held or sold, ${String(wanted.get(sku) ?? 0)} ordered`]),
  ]);
};

/** A promotion is never redeemed over its limit, nor by an order that was cancelled. */
const checkPromotions = ({ limits, redemptions, orders }: Book): string[] =>
  [...redemptions].flatMap(([promotionId, standing]) => [
    ...(standing.size <= (limits.get(promotionId) ?? 0)
      ? []
      : [`${promotionId} is redeemed ${String(standing.size)} times`]),
    ...[...standing]
      .filter((orderId) => orders.get(orderId)?.status === 'cancelled')
      .map((orderId) => `${promotionId}: the redemption of cancelled order ${orderId} stands`),
  ]);

/** Only who bought it, and got it, reviews it. */
const checkReviews = ({ stars, orders }: Book): string[] => {
  const received = new Set(
    [...orders.values()]
      .filter(({ status }) => status === 'completed')
      .flatMap(({ customerId, lines }) => lines.map(({ sku }) => `${customerId} ${sku}`)),
  );
  return [...stars].flatMap(([sku, reviews]) =>
    [...reviews.keys()]
      .filter((customerId) => !received.has(`${customerId} ${sku}`))
      .map((customerId) => `${customerId} reviewed ${sku} without having got it`),
  );
};

/** The invariants that cross contexts, held against what the topics say. @returns each deviation, named */
export const checkBook = (book: Book): readonly string[] => [
  ...checkOrders(book),
  ...checkMoney(book),
  ...checkStock(book),
  ...checkPromotions(book),
  ...checkReviews(book),
];
