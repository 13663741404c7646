import { describe, expect, it } from 'vitest';
import { reasonCode, reasonCodeOf } from './reason-code.ts';

describe('a reason (ADR 16)', () => {
  it.each(['changed-mind', 'x', 'a'.repeat(40)])('is a code: %s', (code) => {
    expect(reasonCode.safeParse(code).success).toBe(true);
  });

  it.each(['', '   ', 'changed my mind', 'Anna', 'anna@example.test', '-a', 'a--b', 'a'.repeat(41), 'c1'])(
    'is no prose: %j',
    (text) => {
      expect(reasonCode.safeParse(text).success).toBe(false);
    },
  );
});

describe("a provider's reason", () => {
  it.each([
    ['insufficient_funds', 'insufficient-funds'],
    ['ADDRESS_NOT_SERVED', 'address-not-served'],
    [' voided\n', 'voided'],
    ['do-not-honor', 'do-not-honor'],
  ])('stays where it is a code: %j', (text, code) => {
    expect(reasonCodeOf(text, 'refused')).toBe(code);
  });

  it.each([
    '',
    '   ',
    '__',
    'Max Mustermann unbekannt verzogen',
    'Call Ada Lovelace on 030 123',
    '<b>no</b>',
    'no_'.repeat(20),
  ])('is replaced where it is prose, which may name the customer, or nothing: %j', (text) => {
    expect(reasonCodeOf(text, 'refused')).toBe('refused');
  });
});
