import { describe, expect, it } from 'vitest';
import { addMoney, moneySchema, timesMoney } from './money.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('money', () => {
  it('adds and multiplies in minor units', () => {
    expect(addMoney(euros(10), euros(20))).toEqual(euros(30));
    expect(timesMoney(euros(1999), 3)).toEqual(euros(5997));
  });

  it('does not mix currencies', () => {
    expect(() => addMoney(euros(1), { amount: 1, currency: 'USD' })).toThrow(
      expect.objectContaining({ code: 'mixed-currencies', errorClass: 'permanent' }),
    );
  });

  it.each([[euros(0.5)], [euros(-1)], [{ amount: 1, currency: 'eur' }], [{ amount: '1', currency: 'EUR' }]])(
    'refuses %j',
    (money) => {
      expect(moneySchema.safeParse(money).success).toBe(false);
    },
  );
});
