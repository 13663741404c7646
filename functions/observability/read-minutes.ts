import pMap from 'p-map';
import { allDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { totalsOf, type MinuteTotals } from './minute-totals.ts';
import { windows } from './projections/windows.ts';

/** The totals of some minutes. */
export type ReadMinutes = (
  minutes: readonly string[],
  now: Date,
) => Promise<ReadonlyMap<string, MinuteTotals>>;

const MINUTES_AT_ONCE = 8;
/** Events that are later than this are rare enough to be left out of what is usual. */
const SETTLED_MS = 600_000;

/**
 * Reads minutes from their windows. Those that ended some time ago are remembered as long as they are asked for, so
 * that a warm function reads only the last few, however busy the hour was.
 */
export const readMinutes = (views: Pick<ProjectionStore, 'list'>): ReadMinutes => {
  let settled = new Map<string, MinuteTotals>();
  const read = async (minute: string): Promise<MinuteTotals> =>
    totalsOf(await allDocuments(views, windows, minute));
  return async (minutes, now) => {
    const totals = await pMap(
      minutes,
      async (minute): Promise<[string, MinuteTotals]> => [
        minute,
        settled.get(minute) ?? (await read(minute)),
      ],
      { concurrency: MINUTES_AT_ONCE },
    );
    settled = new Map(totals.filter(([minute]) => Date.parse(minute) < now.getTime() - SETTLED_MS));
    return new Map(totals);
  };
};
