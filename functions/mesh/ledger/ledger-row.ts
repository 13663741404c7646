import type { StoredPage } from '../../../shared/consume/dynamo-ledger.ts';
import { offsetsIn, type OffsetRange } from '../../../shared/consume/ledger.ts';
import type { PageAudit } from './page-audit.ts';

/** Letters of a topic-partition that nobody has settled yet. */
export interface StandingLetters {
  readonly parked: number;
  readonly refused: number;
}

/** An audit as it is kept: with the `sub` of whoever handed it in. */
export type KeptAudit = Omit<PageAudit, 'consumer' | 'topic' | 'partition'> & { readonly by: string };

interface Offsets {
  readonly count: number;
  readonly ranges: readonly OffsetRange[];
}

/** A page of the ledger as operators read it. */
export interface LedgerRow {
  readonly consumer: string;
  readonly functionName: string;
  readonly topic: string;
  readonly partition: number;
  /** First offset covered, and the one after the last. */
  readonly from: number;
  readonly next: number;
  readonly covered: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly notForMe: number;
  readonly parked: number;
  readonly inFlight: Offsets;
  readonly missing: Offsets;
  /** The numbers add up to what is covered, and nothing is missing. */
  readonly closes: boolean;
  readonly standing: StandingLetters;
  readonly updatedAt: string;
  readonly audit?: KeptAudit;
}

const offsets = (ranges: readonly OffsetRange[]): Offsets => ({ count: offsetsIn(ranges), ranges });

/** Adds a page up (promise 5). */
export const ledgerRow = (
  { consumer, functionName, topic, partition, updatedAt, ...page }: StoredPage,
  standing: StandingLetters,
  audit: KeptAudit | undefined,
): LedgerRow => {
  const { from, next, applied, duplicate, notForMe, parked } = page;
  const inFlight = offsets(page.open);
  const missing = offsets(page.gaps);
  const covered = next - from;
  const sum = applied + duplicate + notForMe + parked + inFlight.count + missing.count;
  return {
    ...{ consumer, functionName, topic, partition, from, next, covered },
    ...{ applied, duplicate, notForMe, parked, inFlight, missing },
    closes: sum === covered && missing.count === 0,
    ...{ standing, updatedAt },
    ...(audit && { audit }),
  };
};
