import type { z } from 'zod';
import { MAX_AMOUNT, timesMoney, type Money } from '../../shared/define/money.ts';
import type { quotedLineSchema } from './events.ts';
import type { CartItem } from './items.ts';
import type { Offer } from './projections/offers.ts';

export type QuotedLine = z.infer<typeof quotedLineSchema>;

/** Why something cannot be ordered: a code, and a sentence for a person. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
}

/** A cart at the prices of a moment: lines that can be ordered and their total, or why they cannot. */
export type Quote =
  { readonly lines: readonly QuotedLine[]; readonly total: Money } | { readonly obstacle: Obstacle };

const obstacle = (code: string, message: string): Quote => ({ obstacle: { code, message } });

/** The obstacle to some SKUs, whatever they cost, where one of them is sold no more. */
export const discontinuedAmong = (
  skus: readonly string[],
  offers: ReadonlyMap<string, Offer>,
): Obstacle | undefined => {
  const discontinued = skus.filter((sku) => offers.get(sku)?.discontinued);
  return discontinued.length > 0
    ? { code: 'product-discontinued', message: `sold no more: ${discontinued.join(', ')}` }
    : undefined;
};

/**
 * What the items of a cart cost together.
 * @param offers by SKU; what is missing has no price
 */
export const quote = (items: readonly CartItem[], offers: ReadonlyMap<string, Offer>): Quote => {
  if (items.length === 0) return obstacle('cart-empty', 'there is nothing in the cart');
  const discontinued = discontinuedAmong(
    items.map(({ sku }) => sku),
    offers,
  );
  if (discontinued) return { obstacle: discontinued };
  const lines = items.flatMap((item): QuotedLine[] => quotedLine(item, offers.get(item.sku)));
  if (lines.length < items.length) {
    const unpriced = items.filter(({ sku }) => !offers.get(sku)?.price).map(({ sku }) => sku);
    return obstacle('price-unknown', `there is no price for ${unpriced.join(', ')}`);
  }
  const currencies = [...new Set(lines.map(({ unitPrice }) => unitPrice.currency))];
  const [currency = ''] = currencies;
  if (currencies.length > 1)
    return obstacle('mixed-currencies', `the cart has prices in ${currencies.sort().join(', ')}`);
  const amount = lines.reduce((sum, line) => sum + lineTotal(line).amount, 0);
  if (amount > MAX_AMOUNT) return obstacle('cart-too-large', 'the cart comes to too much for one order');
  return { lines, total: { amount, currency } };
};

export const lineTotal = ({ unitPrice, quantity }: QuotedLine): Money => timesMoney(unitPrice, quantity);

/** An item at the price it is offered at, or nothing while it has none. */
export const quotedLine = ({ sku, quantity }: CartItem, offer: Offer | undefined): QuotedLine[] =>
  offer?.price
    ? [
        {
          sku,
          quantity,
          unitPrice: offer.price,
          ...(offer.promotionId && { promotionId: offer.promotionId }),
        },
      ]
    : [];
