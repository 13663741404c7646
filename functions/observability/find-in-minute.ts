import { evaluateAnomaly, type Anomaly } from './evaluate-anomaly.ts';
import { evaluateBudget } from './evaluate-budget.ts';
import { evaluateQuality, type QualityShortfall } from './evaluate-quality.ts';
import type { MinuteTotals } from './minute-totals.ts';
import type { Signal } from './signals.ts';

/** What was found out about a signal in a minute. */
export type Finding = { readonly minute: string } & (
  | ({ readonly kind: 'anomaly' } & Anomaly)
  | ({ readonly kind: 'quality' } & QualityShortfall)
  | { readonly kind: 'budget'; readonly objective: number; readonly remaining: number }
);

/** Minutes before the one in question that say what is usual. */
export const BASELINE_MINUTES = 30;
/** Minutes over which a budget is reckoned, the one in question included. */
export const BUDGET_MINUTES = 60;

const MINUTE_MS = 60_000;

/** A number of minutes that end with a minute, the oldest first. */
export const minutesUpTo = (minute: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(minute) - (count - 1 - i) * MINUTE_MS).toISOString(),
  );

/**
 * Looks at one signal in one minute, with all that came before it at hand. A budget always stands somewhere: whether
 * that is news, the aggregate knows.
 * @param totals of a minute: silent ones are empty
 */
export const findInMinute = (
  signal: Signal,
  minute: string,
  totals: (minute: string) => MinuteTotals,
): Finding | undefined => {
  switch (signal.kind) {
    case 'anomaly': {
      const counts = minutesUpTo(minute, BASELINE_MINUTES + 1).map(
        (each) => totals(each).byType.get(signal.event.type) ?? 0,
      );
      const found = evaluateAnomaly(counts.slice(0, -1), counts.at(-1) ?? 0, signal.usual);
      return found && { kind: signal.kind, minute, ...found };
    }
    case 'quality': {
      const context = totals(minute).byContext.get(signal.context) ?? { events: 0, incomplete: 0 };
      const found = evaluateQuality(context, signal.allowed);
      return found && { kind: signal.kind, minute, ...found };
    }
    case 'budget': {
      const { objective } = signal;
      const ended = (type: string): number =>
        minutesUpTo(minute, BUDGET_MINUTES).reduce(
          (sum, each) => sum + (totals(each).byType.get(type) ?? 0),
          0,
        );
      const attempts = { good: ended(signal.good.type), bad: ended(signal.bad.type) };
      return { kind: signal.kind, minute, objective, remaining: evaluateBudget(attempts, objective) };
    }
  }
};
