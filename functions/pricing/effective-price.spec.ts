import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_AMOUNT } from '../../shared/define/money.ts';
import { discounted, effectivePrice, type ActivePromotion } from './effective-price.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('a percentage off', () => {
  it.each([
    [1_000, 10, 900],
    [999, 50, 500],
    [5, 10, 5],
    [6, 10, 5],
    [15, 30, 11],
    [1, 90, 1],
    [4, 90, 1],
    [0, 50, 0],
    [MAX_AMOUNT, 90, MAX_AMOUNT / 10],
  ])('leaves of %i at %i %%: %i', (amount, percent, left) => {
    expect(discounted(amount, percent)).toBe(left);
  });

  it('is exact for every amount, rounds half up, and leaves at least one minor unit', () => {
    const amounts = fc.oneof(fc.nat(1_000), fc.integer({ min: 1, max: MAX_AMOUNT }));
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 90 }), (amount, percent) => {
        const hundredths = BigInt(amount) * BigInt(100 - percent);
        const rounded = hundredths / 100n + (hundredths % 100n >= 50n ? 1n : 0n);
        expect(BigInt(discounted(amount, percent))).toBe(amount > 0 && rounded === 0n ? 1n : rounded);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the effective price', () => {
  it('is the base price where no promotion is on', () => {
    expect(effectivePrice(eur(500), [])).toStrictEqual({ price: eur(500), basePrice: eur(500) });
  });

  it('is made by the largest percentage, and of equal ones by the smaller id', () => {
    const promotions: ActivePromotion[] = [
      ['P-3', 20],
      ['P-2', 30],
      ['P-1', 30],
    ];
    const expected = { price: eur(350), basePrice: eur(500), promotionId: 'P-1' };
    expect(effectivePrice(eur(500), promotions)).toStrictEqual(expected);
    expect(effectivePrice(eur(500), promotions.toReversed())).toStrictEqual(expected);
  });

  it('names no promotion where rounding leaves the base price as it is', () => {
    expect(effectivePrice(eur(1), [['P-1', 50]])).toStrictEqual({ price: eur(1), basePrice: eur(1) });
    expect(effectivePrice(eur(0), [['P-1', 50]])).toStrictEqual({ price: eur(0), basePrice: eur(0) });
  });
});
