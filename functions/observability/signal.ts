import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { tenthOf } from './evaluate-budget.ts';
import {
  AnomalyDetected,
  QualityAlertRaised,
  signal as definition,
  SloBudgetChanged,
  type SignalEvent,
} from './events.ts';
import type { Finding } from './find-in-minute.ts';

/** The newest minute that something was said about, by what was said. */
export interface SignalState {
  readonly anomaly?: string;
  readonly quality?: string;
  readonly budget?: { readonly minute: string; readonly tenth: number };
}

export const signal: Aggregate<SignalState, SignalEvent> = {
  definition,
  initial: {},
  evolve: (state, { eventType, payload }) => {
    switch (eventType) {
      case 'AnomalyDetectedEvent':
        return { ...state, anomaly: payload.minute };
      case 'QualityAlertRaisedEvent':
        return { ...state, quality: payload.minute };
      case 'SloBudgetChangedEvent':
        return { ...state, budget: { minute: payload.minute, tenth: tenthOf(payload.remaining) } };
    }
  },
};

/** A budget of which nothing was ever said is whole. */
const WHOLE = { minute: '', tenth: 10 };

/**
 * Says what was found, if it is news: a minute is spoken of once and never after a later one, and of a budget only
 * the crossing of a tenth is told.
 */
export const reportFinding = (state: SignalState, name: string, finding: Finding): NewEvent[] => {
  const { minute } = finding;
  switch (finding.kind) {
    case 'anomaly': {
      if (minute <= (state.anomaly ?? '')) return [];
      const { observed, usual, threshold } = finding;
      return [AnomalyDetected.of({ signal: name, minute, observed, usual, threshold })];
    }
    case 'quality': {
      if (minute <= (state.quality ?? '')) return [];
      const { failing, allowed, events } = finding;
      return [QualityAlertRaised.of({ signal: name, minute, failing, allowed, events })];
    }
    case 'budget': {
      const { objective, remaining } = finding;
      const last = state.budget ?? WHOLE;
      if (minute <= last.minute || tenthOf(remaining) === last.tenth) return [];
      return [SloBudgetChanged.of({ signal: name, minute, objective, remaining })];
    }
  }
};
