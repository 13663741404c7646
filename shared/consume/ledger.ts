/** How a record stands in the ledger: ended in one of four ways (promise 5), or `open` and on its way again. */
export type LedgerEnd = 'applied' | 'duplicate' | 'notForMe' | 'parked' | 'open';

export interface LedgerEntry {
  readonly offset: number;
  readonly end: LedgerEnd;
}

/** First and last offset, both included. */
export type OffsetRange = readonly [first: number, last: number];

/**
 * What became of a topic-partition's records for one consumer, from offset `from` to just before `next`. Always:
 * applied + duplicate + notForMe + parked + offsets in `open` + offsets in `gaps` = next − from.
 */
export interface LedgerPage {
  readonly from: number;
  readonly next: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly notForMe: number;
  readonly parked: number;
  /** Reported to Lambda and on their way again: in flight. */
  readonly open: readonly OffsetRange[];
  /** Never seen, though later ones were: lost, unless they still arrive. */
  readonly gaps: readonly OffsetRange[];
}

/** Where consumers count what became of every record. */
export interface Ledger {
  /**
   * Enters a batch's records of one partition; at most one small write. Records that were counted before are
   * not counted again, however often they are delivered.
   */
  enter(of: LedgerSubject, entries: readonly LedgerEntry[]): Promise<void>;
}

export interface LedgerSubject {
  readonly consumer: string;
  /** The Lambda function behind the consumer: an audit asks it. */
  readonly functionName: string;
  readonly topic: string;
  readonly partition: number;
}

/** A page after a batch, or undefined when nothing in it is news. */
export const advance = (
  page: LedgerPage | undefined,
  entries: readonly LedgerEntry[],
): LedgerPage | undefined => {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  const start = sorted[0]?.offset ?? 0;
  const after = {
    ...(page ?? { from: start, next: start, applied: 0, duplicate: 0, notForMe: 0, parked: 0 }),
    open: page?.open ?? [],
    gaps: page?.gaps ?? [],
  };
  let news = false;
  for (const { offset, end } of sorted) {
    if (offset >= after.next) {
      after.gaps = including(after.gaps, after.next, offset - 1);
      after.next = offset + 1;
    } else if (offset < after.from) {
      // A consumer group that was set back further than it ever was: the page grows to the left.
      after.gaps = including(after.gaps, offset + 1, after.from - 1);
      after.from = offset;
    } else if (holds(after.gaps, offset)) after.gaps = excluding(after.gaps, offset);
    else if (holds(after.open, offset) && end !== 'open') after.open = excluding(after.open, offset);
    else continue;
    news = true;
    if (end === 'open') after.open = including(after.open, offset, offset);
    else after[end] += 1;
  }
  return news ? after : undefined;
};

/** How many offsets some ranges hold. */
export const offsetsIn = (ranges: readonly OffsetRange[]): number =>
  ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

const holds = (ranges: readonly OffsetRange[], offset: number): boolean =>
  ranges.some(([first, last]) => first <= offset && offset <= last);

/** Ranges in order, those that touch made one; `first` to `last` is in none of them yet, and may be empty. */
const including = (ranges: readonly OffsetRange[], first: number, last: number): readonly OffsetRange[] => {
  if (last < first) return ranges;
  const before = ranges.findLast((range) => range[1] === first - 1);
  const behind = ranges.find((range) => range[0] === last + 1);
  const others = ranges.filter((range) => range !== before && range !== behind);
  return [...others, [before?.[0] ?? first, behind?.[1] ?? last] as const].sort(([a], [b]) => a - b);
};

const excluding = (ranges: readonly OffsetRange[], offset: number): readonly OffsetRange[] =>
  ranges.flatMap(([first, last]): OffsetRange[] => {
    if (offset < first || last < offset) return [[first, last]];
    const rest: OffsetRange[] = [
      [first, offset - 1],
      [offset + 1, last],
    ];
    return rest.filter(([from, to]) => from <= to);
  });
