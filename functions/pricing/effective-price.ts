import type { Money } from '../../shared/define/money.ts';

/** What a SKU costs, and why. */
export interface EffectivePrice {
  /** What a customer pays. */
  readonly price: Money;
  readonly basePrice: Money;
  /** The promotion that made the price; none where the price is the base price. */
  readonly promotionId?: string | undefined;
}

/** A promotion that is on, and the whole percentage that it takes off. */
export type ActivePromotion = readonly [promotionId: string, percent: number];

/**
 * An amount with a percentage off, rounded half up to the minor unit: nothing that has a price becomes free.
 * Exact for amounts up to MAX_AMOUNT.
 */
export const discounted = (amount: number, percent: number): number =>
  amount === 0 ? 0 : Math.max(1, Math.floor((amount * (100 - percent) + 50) / 100));

/** The largest percentage first; of equal ones the smaller id, so that everybody arrives at the same one. */
const byStrength = ([idA, a]: ActivePromotion, [idB, b]: ActivePromotion): number =>
  b - a || (idA < idB ? -1 : 1);

/** The price that follows from a base price under the promotions that are on: the strongest one makes it. */
export const effectivePrice = (basePrice: Money, promotions: readonly ActivePromotion[]): EffectivePrice => {
  const [strongest] = promotions.toSorted(byStrength);
  if (!strongest) return { price: basePrice, basePrice };
  const [promotionId, percent] = strongest;
  const amount = discounted(basePrice.amount, percent);
  return amount < basePrice.amount
    ? { price: { amount, currency: basePrice.currency }, basePrice, promotionId }
    : { price: basePrice, basePrice };
};

const isSameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;

/** Whether two prices say the same, reasons included. */
export const isSamePrice = (a: EffectivePrice, b: EffectivePrice): boolean =>
  isSameMoney(a.price, b.price) && isSameMoney(a.basePrice, b.basePrice) && a.promotionId === b.promotionId;
