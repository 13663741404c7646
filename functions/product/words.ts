/** Accents of Latin, Greek and Cyrillic letters (Unicode block "Combining Diacritical Marks"), once taken apart. */
const ACCENTS = /[\u0300-\u036f]/gu;

/**
 * A text's words, each once and in their order, without case and accents: `Crème brûlée` and `CREME BRULEE` are the
 * same. Upper case and not lower, since it also joins what has several lower cases (ß and ss, ς and σ).
 */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .normalize('NFKD')
      .replaceAll(ACCENTS, '')
      .toUpperCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu),
  ),
];

/** Whether each of the prefixes begins one of the words; both as `wordsOf` gives them. */
export const beginWords = (prefixes: readonly string[], words: readonly string[]): boolean =>
  prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)));
