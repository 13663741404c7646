/** What was sold in one currency. Amounts in minor units. */
export interface SalesTotal {
  readonly currency: string;
  readonly booked: number;
  readonly reversed: number;
  /** `booked − reversed`; below 0 where more was given back than sold. */
  readonly net: number;
  /** Booked pieces less reversed ones. */
  readonly pieces: number;
}

/** Currencies in the order of their codes, so that the same sales come to the same list. */
export const addTotals = (a: readonly SalesTotal[], b: readonly SalesTotal[]): SalesTotal[] =>
  [...Map.groupBy([...a, ...b], ({ currency }) => currency)]
    .map(([currency, parts]) => {
      const sum = (field: 'booked' | 'reversed' | 'pieces'): number =>
        parts.reduce((total, part) => total + part[field], 0);
      const [booked, reversed] = [sum('booked'), sum('reversed')];
      return { currency, booked, reversed, net: booked - reversed, pieces: sum('pieces') };
    })
    .sort((x, y) => (x.currency < y.currency ? -1 : 1));
