import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, offsetsIn, type LedgerEnd, type LedgerEntry, type LedgerPage } from './ledger.ts';

const entry = (offset: number, end: LedgerEnd = 'applied'): LedgerEntry => ({ offset, end });

const after = (...batches: readonly (readonly LedgerEntry[])[]): LedgerPage | undefined =>
  batches.reduce<LedgerPage | undefined>((page, batch) => advance(page, batch) ?? page, undefined);

const sumOf = ({ applied, duplicate, notForMe, parked, open, gaps }: LedgerPage): number =>
  applied + duplicate + notForMe + parked + offsetsIn(open) + offsetsIn(gaps);

describe('a page of the ledger', () => {
  it('begins where its first batch does', () => {
    expect(after([entry(7), entry(8, 'notForMe'), entry(9, 'parked')])).toEqual({
      from: 7,
      next: 10,
      applied: 1,
      duplicate: 0,
      notForMe: 1,
      parked: 1,
      open: [],
      gaps: [],
    });
  });

  it('names the offsets that were never seen, and closes when they still arrive', () => {
    const broken = after([entry(0)], [entry(4), entry(7)]);
    expect(broken?.gaps).toEqual([
      [1, 3],
      [5, 6],
    ]);
    expect(after([entry(0)], [entry(4), entry(7)], [entry(2)])?.gaps).toEqual([
      [1, 1],
      [3, 3],
      [5, 6],
    ]);
    expect(after([entry(0)], [entry(4)], [entry(1), entry(2), entry(3)])).toMatchObject({
      applied: 5,
      gaps: [],
    });
  });

  it('keeps what was reported as in flight until it ends', () => {
    const open = after([entry(0), entry(1, 'open'), entry(2, 'open'), entry(3)]);
    expect(open).toMatchObject({ applied: 2, open: [[1, 2]], next: 4 });
    expect(after([entry(0), entry(1, 'open')], [entry(1, 'duplicate')])).toMatchObject({
      duplicate: 1,
      open: [],
    });
  });

  it('does not count anything twice, nor opens what had ended', () => {
    const once = after([entry(0), entry(1, 'parked')]);
    if (!once) throw new Error('a page was expected');
    expect(advance(once, [entry(0, 'duplicate'), entry(1, 'applied')])).toBeUndefined();
    expect(advance(once, [entry(0, 'open')])).toBeUndefined();
    expect(advance(after([entry(0, 'open')]), [entry(0, 'open')])).toBeUndefined();
    expect(advance(undefined, [])).toBeUndefined();
  });

  it('grows to the left when its consumer group is set back', () => {
    expect(after([entry(10), entry(11)], [entry(5), entry(6)], [entry(7), entry(8), entry(9)])).toMatchObject(
      {
        from: 5,
        next: 12,
        applied: 7,
        gaps: [],
      },
    );
  });
});

/** What a topic's consumer may be sent: any records, in any groups, again and again, from anywhere. */
const deliveries = fc.array(
  fc
    .record({
      first: fc.nat({ max: 60 }),
      ends: fc.array(
        fc.option(fc.constantFrom<LedgerEnd>('applied', 'duplicate', 'notForMe', 'parked', 'open')),
        { minLength: 1, maxLength: 12 },
      ),
      backwards: fc.boolean(),
    })
    .map(({ first, ends, backwards }) => {
      const entries = ends.flatMap((end, i) => (end === null ? [] : [entry(first + i, end)]));
      return backwards ? entries.reverse() : entries;
    })
    .filter((entries) => entries.length > 0),
  { minLength: 1, maxLength: 25 },
);

/** The same told one by one: what became of each offset that was ever delivered. */
const fates = (batches: readonly (readonly LedgerEntry[])[]): ReadonlyMap<number, LedgerEnd> => {
  const fate = new Map<number, LedgerEnd>();
  for (const { offset, end } of batches.flat()) {
    const standing = fate.get(offset);
    if (standing === undefined || standing === 'open') fate.set(offset, end);
  }
  return fate;
};

const listed = (ranges: LedgerPage['gaps']): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

describe('whatever is delivered, in whatever groups, however often (promise 5)', () => {
  it('every offset between first and last is counted exactly once, or named', () =>
    fc.assert(
      fc.property(deliveries, (batches) => {
        const page = after(...batches);
        const fate = fates(batches);
        const offsets = [...fate.keys()];
        if (!page) throw new Error('something was delivered');
        expect(page.from).toBe(Math.min(...offsets));
        expect(page.next).toBe(Math.max(...offsets) + 1);
        expect(sumOf(page)).toBe(page.next - page.from);
        for (const end of ['applied', 'duplicate', 'notForMe', 'parked'] as const)
          expect(page[end]).toBe([...fate.values()].filter((each) => each === end).length);
        const covered = Array.from({ length: page.next - page.from }, (_, i) => page.from + i);
        expect(listed(page.open)).toEqual(covered.filter((offset) => fate.get(offset) === 'open'));
        expect(listed(page.gaps)).toEqual(covered.filter((offset) => !fate.has(offset)));
      }),
      { numRuns: 500 },
    ));

  it('names offsets in as few ranges as there can be, in order', () =>
    fc.assert(
      fc.property(deliveries, (batches) => {
        const page = after(...batches);
        for (const ranges of [page?.open ?? [], page?.gaps ?? []]) {
          ranges.forEach(([first, last], i) => {
            expect(first).toBeLessThanOrEqual(last);
            expect((ranges[i - 1]?.[1] ?? -2) + 1).toBeLessThan(first);
          });
        }
      }),
    ));

  it('delivering all of it again changes nothing but what was in flight', () =>
    fc.assert(
      fc.property(deliveries, (batches) => {
        const page = after(...batches);
        const settled = batches.map((batch) => batch.filter(({ end }) => end === 'open'));
        expect(settled.reduce((at, batch) => advance(at, batch) ?? at, page)).toEqual(page);
      }),
    ));
});
