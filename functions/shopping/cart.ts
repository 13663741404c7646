import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { Money } from '../../shared/define/money.ts';
import type { Sealed } from '../../shared/define/sealed.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { MAX_PIECES, type AddCartItem } from './commands.ts';
import {
  cart as definition,
  CartCheckedOut,
  CartItemAdded,
  CartItemRemoved,
  type CartEvent,
} from './events.ts';
import { quantityOf, withItem, withoutItem, type CartItem } from './items.ts';
import type { Offer } from './projections/offers.ts';
import { discontinuedAmong, quote, type Obstacle } from './quote.ts';

export interface CartState {
  readonly items: readonly CartItem[];
}

/** As many as an order holds lines. */
const MAX_SKUS = 50;

export const cart: Aggregate<CartState, CartEvent> = {
  definition,
  initial: { items: [] },
  evolve: ({ items }, event) => {
    switch (event.eventType) {
      case 'CartItemAddedEvent':
        return { items: withItem(items, event.payload) };
      case 'CartItemRemovedEvent':
        return { items: withoutItem(items, event.payload.sku) };
      case 'CartCheckedOutEvent':
        return { items: [] };
    }
  },
};

const refusal = ({ code, message }: Obstacle): BusinessError => new BusinessError(code, message);

/**
 * So many more of a SKU, whether it has a price or stock yet or not.
 * @param offers those of the SKU, if it has one
 */
export const addCartItem = (
  { items }: CartState,
  offers: ReadonlyMap<string, Offer>,
  { customerId, sku, quantity }: AddCartItem & { readonly customerId: string },
): NewEvent[] => {
  const discontinued = discontinuedAmong([sku], offers);
  if (discontinued) throw refusal(discontinued);
  const present = quantityOf(items, sku);
  if (present === 0 && items.length >= MAX_SKUS)
    throw new BusinessError('cart-full', `a cart holds at most ${MAX_SKUS} SKUs`);
  if (present + quantity > MAX_PIECES)
    throw new BusinessError('cart-quantity', `a cart holds at most ${MAX_PIECES} pieces of ${sku}`);
  return [CartItemAdded.of({ customerId, sku, quantity })];
};

/** What is not in the cart is out of it already; what is sold no more can be taken out. */
export const removeCartItem = (
  { items }: CartState,
  { customerId, sku }: { readonly customerId: string; readonly sku: string },
): NewEvent[] => (quantityOf(items, sku) > 0 ? [CartItemRemoved.of({ customerId, sku })] : []);

/** Everything in the cart is ordered, at the prices of the offers. */
export const checkOutCart = (
  { items }: CartState,
  offers: ReadonlyMap<string, Offer>,
  command: {
    readonly customerId: string;
    readonly orderId: string;
    readonly deliveryAddress: Sealed;
    readonly paymentMethod: string;
    readonly expectedTotal?: Money | undefined;
  },
): NewEvent[] => {
  const quoted = quote(items, offers);
  if ('obstacle' in quoted) throw refusal(quoted.obstacle);
  const { lines, total } = quoted;
  const { expectedTotal, ...order } = command;
  if (expectedTotal && !same(expectedTotal, total)) {
    throw new BusinessError('price-changed', `the cart comes to ${total.amount} ${total.currency} now`);
  }
  return [CartCheckedOut.of({ ...order, lines: [...lines], total })];
};

const same = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;
