import { expect, it } from 'vitest';
import { moneyText } from './money-text.ts';

it.each([
  [0, 'EUR', 'EUR 0.00'],
  [5, 'EUR', 'EUR 0.05'],
  [123_456_789, 'USD', 'USD 1,234,567.89'],
  [1_500, 'JPY', 'JPY 1,500'],
  [1_500, 'KWD', 'KWD 1.500'],
  [1_000_000_000_000, 'EUR', 'EUR 10,000,000,000.00'],
])('writes %i minor units of %s as %s', (amount, currency, text) => {
  expect(moneyText({ amount, currency })).toBe(text);
});
