import type { Money } from '../../shared/define/money.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { findDocument } from '../../shared/project/find-document.ts';
import type { CartItem } from './items.ts';
import { offersOf } from './offers-of.ts';
import { cart, type CartView } from './projections/cart.ts';
import type { Offer } from './projections/offers.ts';
import { lineTotal, quote, quotedLine, type Obstacle } from './quote.ts';

/** An item of a cart at its present price. `price: unknown` says that there is none, and no total either. */
type PricedLine = CartItem &
  Availability &
  (
    | { readonly price: 'unknown' }
    | {
        readonly price: 'known';
        readonly unitPrice: Money;
        readonly promotionId?: string | undefined;
        readonly lineTotal: Money;
      }
  );

/** Of what is sold no more nothing is available, however much is in stock. */
interface Availability {
  readonly available: number;
  readonly discontinued?: true;
}

export interface PricedCart extends Omit<CartView, 'items'> {
  readonly lines: readonly PricedLine[];
  /** What a check-out would charge now; give it as `expectedTotal`. Null where there is an obstacle to it. */
  readonly total: Money | null;
  readonly obstacle?: Obstacle;
  readonly sequence?: number | undefined;
}

/** A customer's cart at the offers of this moment, or undefined while nothing was ever put in it. */
export const pricedCart = async (
  store: ProjectionStore,
  customerId: string,
): Promise<PricedCart | undefined> => {
  const found = await findDocument(store, cart, { group: customerId, item: customerId });
  if (!found) return undefined;
  const { items, ...rest } = found;
  const offers = await offersOf(store)(items.map(({ sku }) => sku));
  const lines = items.map((item) => pricedLine(item, offers.get(item.sku)));
  const quoted = quote(items, offers);
  return 'obstacle' in quoted
    ? { ...rest, lines, total: null, obstacle: quoted.obstacle }
    : { ...rest, lines, total: quoted.total };
};

const pricedLine = (item: CartItem, offer: Offer | undefined): PricedLine => {
  const availability = availabilityOf(offer);
  const [line] = quotedLine(item, offer);
  return line
    ? { ...line, ...availability, price: 'known', lineTotal: lineTotal(line) }
    : { ...item, ...availability, price: 'unknown' };
};

const availabilityOf = (offer: Offer | undefined): Availability =>
  offer?.discontinued ? { available: 0, discontinued: true } : { available: offer?.available ?? 0 };
