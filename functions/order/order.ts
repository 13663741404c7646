import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { addMoney, MAX_AMOUNT, timesMoney, type Money } from '../../shared/define/money.ts';
import type { Sealed } from '../../shared/define/sealed.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { CancelOrder, CreateOrder, SubmitOrder } from './commands.ts';
import {
  order as definition,
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
  type OrderEvent,
  type OrderLine,
} from './events.ts';

/** Commands as an order sees them: what is personal is sealed (ADR 16), and a promotion may have made a price. */
export type SealedSubmission = Omit<SubmitOrder, 'deliveryAddress'> & { readonly deliveryAddress: Sealed };
export type SealedOrder = Omit<CreateOrder, 'deliveryAddress' | 'lines'> & {
  readonly lines: readonly OrderLine[];
  readonly deliveryAddress?: Sealed | undefined;
};

interface Contents {
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
}

/** An order's life: none → draft → submitted → confirmed → completed, or cancelled before it is confirmed. */
export type OrderState =
  | { readonly status: 'none' }
  | ({ readonly status: 'draft' } & Contents)
  | ({ readonly status: 'submitted' | 'confirmed'; readonly total: Money } & Contents)
  | { readonly status: 'cancelled'; readonly reason: string }
  | { readonly status: 'completed' };

const MAX_LINES = 50;

export const order: Aggregate<OrderState, OrderEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'OrderCreatedEvent':
        return { status: 'draft', lines: [], ...event.payload };
      case 'OrderItemAddedEvent':
        return state.status === 'draft' ? { ...state, lines: [...state.lines, event.payload.line] } : state;
      case 'OrderSubmittedEvent':
        return state.status === 'draft'
          ? { ...state, status: 'submitted', total: event.payload.total }
          : state;
      case 'OrderConfirmedEvent':
        return state.status === 'submitted' ? { ...state, status: 'confirmed' } : state;
      case 'OrderCancelledEvent':
        return { status: 'cancelled', reason: event.payload.reason };
      case 'OrderCompletedEvent':
        return { status: 'completed' };
    }
  },
};

const refuse = (state: OrderState, wish: string): BusinessError =>
  state.status === 'none'
    ? new BusinessError('order-unknown', 'there is no such order', 'not-found')
    : new BusinessError('order-state', `a ${state.status} order cannot be ${wish}`);

export const createOrder = (
  state: OrderState,
  { customerId, currency, lines, ...command }: SealedOrder,
): NewEvent[] => {
  if (state.status !== 'none') throw new BusinessError('order-exists', 'the order exists already');
  const draft: OrderState = { status: 'draft', customerId, currency, lines: [] };
  const events: NewEvent[] = [OrderCreated.of({ customerId, currency })];
  let filled: OrderState = draft;
  for (const line of lines) {
    events.push(...addOrderItem(filled, line));
    filled = { ...draft, lines: [...filled.lines, line] };
  }
  const { submit, deliveryAddress, paymentMethod } = command;
  if (submit && deliveryAddress && paymentMethod)
    events.push(...submitOrder(filled, { deliveryAddress, paymentMethod }));
  return events;
};

export const addOrderItem = (state: OrderState, line: OrderLine): NewEvent[] => {
  if (state.status !== 'draft') throw refuse(state, 'changed');
  if (line.unitPrice.currency !== state.currency) {
    throw new BusinessError(
      'order-currency',
      `the order is in ${state.currency}, the item in ${line.unitPrice.currency}`,
    );
  }
  if (state.lines.some(({ sku }) => sku === line.sku)) {
    throw new BusinessError('order-line-exists', `${line.sku} is in the order already`);
  }
  if (state.lines.length >= MAX_LINES)
    throw new BusinessError('order-full', `an order holds at most ${MAX_LINES} lines`);
  return [OrderItemAdded.of({ line })];
};

/** @throws BusinessError `order-unknown`: nothing is kept for an order that nobody knows */
export const assertKnown = (state: OrderState): void => {
  if (state.status === 'none') throw refuse(state, 'changed');
};

export const submitOrder = (
  state: OrderState,
  { deliveryAddress, paymentMethod }: SealedSubmission,
): NewEvent[] => {
  if (state.status !== 'draft') throw refuse(state, 'submitted');
  if (state.lines.length === 0) throw new BusinessError('order-empty', 'an order needs at least one item');
  const { customerId, lines, currency } = state;
  const total = lines
    .map(({ unitPrice, quantity }) => timesMoney(unitPrice, quantity))
    .reduce(addMoney, { amount: 0, currency });
  if (total.amount > MAX_AMOUNT) throw new BusinessError('order-too-large', 'the order comes to too much');
  return [OrderSubmitted.of({ customerId, lines: [...lines], total, deliveryAddress, paymentMethod })];
};

/** Confirming twice changes nothing; an order that was cancelled meanwhile says so. */
export const confirmOrder = (state: OrderState): NewEvent[] => {
  if (state.status === 'confirmed' || state.status === 'completed') return [];
  if (state.status !== 'submitted') throw refuse(state, 'confirmed');
  return [OrderConfirmed.of({ customerId: state.customerId, total: state.total })];
};

/** A confirmed order is on its way and paid for: taking it back is a return, not a cancellation. */
export const cancelOrder = (state: OrderState, { reason }: CancelOrder): NewEvent[] => {
  if (state.status === 'cancelled') return [];
  if (state.status !== 'draft' && state.status !== 'submitted') throw refuse(state, 'cancelled');
  const lines = state.status === 'submitted' ? [...state.lines] : [];
  return [OrderCancelled.of({ customerId: state.customerId, reason, lines })];
};

export const completeOrder = (state: OrderState): NewEvent[] => {
  if (state.status === 'completed') return [];
  if (state.status !== 'confirmed') throw refuse(state, 'completed');
  return [OrderCompleted.of({ customerId: state.customerId })];
};
