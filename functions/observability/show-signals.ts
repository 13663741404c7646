import type { SignalView } from './projections/signals.ts';
import type { Signal } from './signals.ts';

/** What a signal is and is held against, as a query says it: events by their types. */
const terms = (signal: Signal): object => {
  switch (signal.kind) {
    case 'anomaly':
      return { event: signal.event.type, ...signal.usual };
    case 'quality':
      return { context: signal.context, allowed: signal.allowed };
    case 'budget':
      return { good: signal.good.type, bad: signal.bad.type, objective: signal.objective };
  }
};

/** A signal for a query: one of which nothing was ever found says just what it is. */
export const showSignal = (signal: Signal, found: SignalView | undefined): object => ({
  signal: signal.name,
  watches: { kind: signal.kind, ...terms(signal) },
  ...(found?.anomaly && { anomaly: found.anomaly }),
  ...(found?.quality && { quality: found.quality }),
  ...(found?.budget && { budget: found.budget }),
  ...(found && { updatedAt: found.updatedAt }),
});

/** A page of signals, which stand in the order of their names. */
export const pageOf = (
  signals: readonly Signal[],
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): { readonly page: readonly Signal[]; readonly next: string | undefined } => {
  const rest = signals.filter(({ name }) => after === undefined || name > after);
  const page = rest.slice(0, limit);
  return { page, next: rest.length > limit ? page.at(-1)?.name : undefined };
};
