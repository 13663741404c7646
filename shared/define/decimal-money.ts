import { z } from 'zod';
import { MAX_AMOUNT, moneySchema, type Money } from './money.ts';

/** Minor digits of a currency, 0 to 3 (ISO 4217). */
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** An amount as people and legacy systems write it, in major units: `99.99`. */
export const toDecimal = ({ amount, currency }: Money): number => amount / 10 ** digitsOf(currency);

/** An amount in major units and its currency as money. One with more digits than its currency has is refused, not rounded. */
export const decimalMoney = z
  .object({ amount: z.number().min(0), currency: moneySchema.shape.currency })
  .transform(({ amount, currency }, context): Money => {
    const minor = amount * 10 ** digitsOf(currency);
    const whole = Math.round(minor);
    // 19.99 is not a binary fraction, nor is what is made of it.
    if (Math.abs(minor - whole) > 1e-6 * Math.max(1, minor) || whole > MAX_AMOUNT)
      context.issues.push({
        code: 'custom',
        input: amount,
        path: ['amount'],
        message: `must be an amount of ${currency}`,
      });
    return { amount: whole, currency };
  });
