import { z } from 'zod';
import { PermanentError } from '../errors/mesh-error.ts';

/** The most that one amount can be, in minor units. */
export const MAX_AMOUNT = 1_000_000_000_000;

/** Money: integer minor units (cents) and an ISO 4217 code. */
export const moneySchema = z.object({
  amount: z.int().min(0).max(MAX_AMOUNT),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR'),
});

export type Money = z.infer<typeof moneySchema>;

/**
 * Adds amounts of one currency.
 * @throws PermanentError `mixed-currencies`
 */
export const addMoney = (a: Money, b: Money): Money => {
  if (a.currency !== b.currency) {
    throw new PermanentError('mixed-currencies', `cannot add ${b.currency} to ${a.currency}`);
  }
  return { amount: a.amount + b.amount, currency: a.currency };
};

export const timesMoney = ({ amount, currency }: Money, quantity: number): Money => ({
  amount: amount * quantity,
  currency,
});
