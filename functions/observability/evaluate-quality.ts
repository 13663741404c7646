import type { Completeness } from './minute-totals.ts';

const MILLION = 1_000_000;

export interface QualityShortfall {
  /** Parts of a million that were incomplete, rounded up: a single one shows. */
  readonly failing: number;
  readonly allowed: number;
  readonly events: number;
}

/** Whether more of a minute's events were incomplete than is allowed (DQG-04). @param allowed parts of a million */
export const evaluateQuality = (
  { events, incomplete }: Completeness,
  allowed: number,
): QualityShortfall | undefined =>
  // Whole numbers on both sides: a share exactly at the limit passes.
  incomplete * MILLION > allowed * events
    ? { failing: Math.ceil((incomplete * MILLION) / events), allowed, events }
    : undefined;
