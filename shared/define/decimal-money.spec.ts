import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalMoney, toDecimal } from './decimal-money.ts';

describe('an amount in major units', () => {
  it('is the same money there and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000_000 }),
        fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
        (amount, currency) => {
          const money = { amount, currency };
          expect(decimalMoney.parse({ amount: toDecimal(money), currency })).toEqual(money);
        },
      ),
    );
  });

  it.each([
    [19.999, 'EUR'],
    [1.5, 'JPY'],
    [1e13, 'EUR'],
    [-1, 'EUR'],
  ])('of %d %s is no money, and not rounded to some', (amount, currency) => {
    expect(decimalMoney.safeParse({ amount, currency }).error?.issues).toMatchObject([{ path: ['amount'] }]);
  });
});
