import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { CommitReservation, ReceiveStock, ReleaseInventory, ReserveInventory } from './commands.ts';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationRejected,
  InventoryReserved,
  StockLow,
  StockReceived,
  stock as definition,
  type StockEvent,
} from './events.ts';

/** How far an order has come with one SKU. `reserved` is the only status that it ever leaves. */
interface Claim {
  readonly orderId: string;
  readonly status: 'reserved' | 'rejected' | 'released' | 'committed';
  readonly quantity: number;
}

/** Newest first, each state sharing the rest with the one before: folding a SKU's long history stays linear. */
interface Claims extends Claim {
  readonly earlier: Claims | undefined;
}

export interface StockState {
  readonly onHand: number;
  readonly reserved: number;
  readonly claims: Claims | undefined;
}

const claim = (state: StockState, status: Claim['status'], orderId: string, quantity: number): Claims => ({
  orderId,
  status,
  quantity,
  earlier: state.claims,
});

export const stock: Aggregate<StockState, StockEvent> = {
  definition,
  initial: { onHand: 0, reserved: 0, claims: undefined },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'StockReceivedEvent':
        return { ...state, onHand: state.onHand + event.payload.quantity };
      case 'InventoryReservedEvent': {
        const { orderId, quantity } = event.payload;
        const claims = claim(state, 'reserved', orderId, quantity);
        return { ...state, reserved: state.reserved + quantity, claims };
      }
      case 'InventoryReservationRejectedEvent': {
        const { orderId, requested } = event.payload;
        return { ...state, claims: claim(state, 'rejected', orderId, requested) };
      }
      case 'InventoryReleasedEvent': {
        const { orderId, quantity } = event.payload;
        const claims = claim(state, 'released', orderId, quantity);
        return { ...state, reserved: state.reserved - quantity, claims };
      }
      case 'InventoryCommittedEvent': {
        const { orderId, quantity } = event.payload;
        const claims = claim(state, 'committed', orderId, quantity);
        return { onHand: state.onHand - quantity, reserved: state.reserved - quantity, claims };
      }
      case 'StockLowEvent':
        return state;
    }
  },
};

/** What can still be reserved; never below 0. */
export const availableOf = ({ onHand, reserved }: StockState): number => onHand - reserved;

const claimOf = ({ claims }: StockState, orderId: string): Claim | undefined => {
  for (let found = claims; found; found = found.earlier) if (found.orderId === orderId) return found;
  return undefined;
};

/** The stocks that a command decides on, by SKU. */
type Stocks = ReadonlyMap<string, StockState>;
type Decided = ReadonlyMap<string, readonly NewEvent[]>;

const nothing: Decided = new Map();

interface Position {
  readonly sku: string;
  /** Over all of the order's lines. */
  readonly quantity: number;
  readonly state: StockState;
  readonly claim: Claim | undefined;
}

/** The SKUs of an order, each once. */
export const skusOf = ({ lines }: ReserveInventory): string[] => [...new Set(lines.map(({ sku }) => sku))];

const positionsOf = (stocks: Stocks, order: ReserveInventory): Position[] =>
  skusOf(order).map((sku) => {
    const state = stocks.get(sku) ?? stock.initial;
    const quantity = order.lines.reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0);
    return { sku, quantity, state, claim: claimOf(state, order.orderId) };
  });

const each = (positions: readonly Position[], decide: (position: Position) => NewEvent[]): Decided =>
  new Map(positions.map((position) => [position.sku, decide(position)]));

export const receiveStock = (sku: string, { quantity, reference }: ReceiveStock): NewEvent[] => [
  StockReceived.of({ sku, quantity, ...(reference !== undefined && { reference }) }),
];

/**
 * All of an order's lines or none. What an order was told once stands: a repeat changes nothing, and one that
 * comes after the release finds its fence.
 */
export const reserveInventory = (stocks: Stocks, order: ReserveInventory): Decided => {
  const positions = positionsOf(stocks, order);
  const claims = positions.flatMap(({ claim }) => claim ?? []);
  if (claims.some(({ status }) => status === 'released')) {
    throw new BusinessError('reservation-released', 'the reservation has been released already');
  }
  if (claims.some(({ status }) => status === 'rejected')) {
    throw new BusinessError('reservation-rejected', 'the order was told before that its items are short');
  }
  if (positions.every(({ claim, quantity }) => claim?.quantity === quantity)) return nothing;
  if (claims.length > 0)
    throw new BusinessError('reservation-exists', 'the order has reserved other quantities');
  const short = positions.filter(({ state, quantity }) => availableOf(state) < quantity);
  return short.length > 0
    ? each(short, ({ sku, state, quantity: requested }) => [
        InventoryReservationRejected.of({
          sku,
          orderId: order.orderId,
          requested,
          available: availableOf(state),
        }),
      ])
    : each(positions, ({ sku, state, quantity }) => [
        InventoryReserved.of({ sku, orderId: order.orderId, quantity }),
        ...lowStock(sku, availableOf(state), availableOf(state) - quantity),
      ]);
};

/** StockLow is raised when a reservation takes what is available from here or above to below. */
const LOW_STOCK_THRESHOLD = 5;

const lowStock = (sku: string, before: number, available: number): NewEvent[] =>
  before >= LOW_STOCK_THRESHOLD && available < LOW_STOCK_THRESHOLD
    ? [StockLow.of({ sku, available, threshold: LOW_STOCK_THRESHOLD })]
    : [];

/**
 * Gives back what the order holds. Where it holds nothing yet, a fence keeps a late reservation out; a rejection
 * is such a fence already.
 */
export const releaseInventory = (stocks: Stocks, order: ReleaseInventory): Decided => {
  const positions = positionsOf(stocks, order);
  const is = (status: Claim['status']) => positions.some(({ claim }) => claim?.status === status);
  if (is('committed')) throw new BusinessError('reservation-committed', 'the items have left the warehouse');
  if (is('rejected')) return nothing;
  const { orderId, reason } = order;
  return each(
    positions.filter(({ claim }) => claim?.status !== 'released'),
    ({ sku, claim }) => [InventoryReleased.of({ sku, orderId, quantity: claim?.quantity ?? 0, reason })],
  );
};

/** What was reserved leaves for good, in the quantities reserved. */
export const commitReservation = (stocks: Stocks, order: CommitReservation): Decided => {
  const positions = positionsOf(stocks, order);
  const open = positions.filter(({ claim }) => claim?.status !== 'committed');
  if (open.some(({ claim }) => claim?.status !== 'reserved')) {
    throw new BusinessError('reservation-missing', 'the order holds no reservation that could be committed');
  }
  return each(open, ({ sku, claim, quantity }) => [
    InventoryCommitted.of({ sku, orderId: order.orderId, quantity: claim?.quantity ?? quantity }),
  ]);
};
