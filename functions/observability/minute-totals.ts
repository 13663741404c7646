import type { Window } from './projections/windows.ts';

export interface Completeness {
  readonly events: number;
  readonly incomplete: number;
}

/** All that happened in a minute, over all shards. */
export interface MinuteTotals {
  /** How often each type of event happened. */
  readonly byType: ReadonlyMap<string, number>;
  readonly byContext: ReadonlyMap<string, Completeness>;
}

/** The sum of a minute's windows, in whatever order they come. */
export const totalsOf = (windows: readonly Window[]): MinuteTotals => {
  const byType = new Map<string, number>();
  const byContext = new Map<string, Completeness>();
  for (const { context, events, incomplete } of windows) {
    const before = byContext.get(context) ?? { events: 0, incomplete: 0 };
    let happened = 0;
    for (const [type, count] of Object.entries(events)) {
      byType.set(type, (byType.get(type) ?? 0) + count);
      happened += count;
    }
    byContext.set(context, {
      events: before.events + happened,
      incomplete: before.incomplete + incomplete,
    });
  }
  return { byType, byContext };
};
