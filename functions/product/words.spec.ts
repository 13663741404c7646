import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginWords, wordsOf } from './words.ts';

describe('the words of a text', () => {
  it.each([
    ['Green tea, from Uji (100 g)', ['GREEN', 'TEA', 'FROM', 'UJI', '100', 'G']],
    ['Crème brûlée', ['CREME', 'BRULEE']],
    ['tea TEA Téa', ['TEA']],
    ['Straße STRASSE', ['STRASSE']],
    ['ΟΔΟΣ οδός', ['ΟΔΟΣ']],
    ['ﬁne', ['FINE']],
    ['हिन्दी चाय', ['हिन्दी', 'चाय']],
    ['– !? …', []],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(wordsOf(text)).toStrictEqual(words);
  });

  it('are the same whatever the case, and composed or not', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'Z', 'é', 'Å', 'ß', 'ñ', ' ', '-', '3') }),
        (text) => {
          const words = wordsOf(text);
          expect(wordsOf(text.toUpperCase())).toStrictEqual(words);
          expect(wordsOf(text.normalize('NFD'))).toStrictEqual(words);
          expect(wordsOf(words.join(' '))).toStrictEqual(words);
        },
      ),
    );
  });
});

describe('prefixes', () => {
  const words = wordsOf('Organic green tea');
  it.each([
    ['gre', true],
    ['GREEN te', true],
    ['tea green', true],
    ['ree', false],
    ['green coffee', false],
    ['', true],
  ])('%j begin words of "Organic green tea": %s', (text, begin) => {
    expect(beginWords(wordsOf(text), words)).toBe(begin);
  });
});
