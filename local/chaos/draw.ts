import fc from 'fast-check';

/** One value of an arbitrary, evenly drawn: the same for the same seed. */
export const draw = <T>(arbitrary: fc.Arbitrary<T>, seed: number): T => {
  const [value] = fc.sample(fc.noBias(arbitrary), { seed, numRuns: 1 });
  // One run is one value; undefined may be a value too, so its type says.
  return value as T;
};

/** Chooses at run time among what there is by then. */
export const pick: fc.Arbitrary<number> = fc.nat(2 ** 31 - 1);

/** The one of some things that a pick means. */
export const picked = <T>(things: readonly T[], by: number): T | undefined => things[by % things.length];
