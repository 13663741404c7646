import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { AnomalyDetected, QualityAlertRaised, SloBudgetChanged } from '../events.ts';

/** What was last found of a signal, by kind. */
export interface SignalView {
  readonly signal: string;
  readonly anomaly?: {
    readonly minute: string;
    readonly observed: number;
    readonly usual: number;
    readonly threshold: number;
  };
  readonly quality?: {
    readonly minute: string;
    readonly failing: number;
    readonly allowed: number;
    readonly events: number;
  };
  readonly budget?: { readonly minute: string; readonly objective: number; readonly remaining: number };
  readonly updatedAt: string;
}

/** In one order of fields, whichever was found first: the same from the same events. */
const changed = (
  doc: SignalView | undefined,
  { aggregateId, occurredOn }: EventEnvelope,
  found: Pick<SignalView, 'anomaly' | 'quality' | 'budget'>,
): SignalView => {
  const { anomaly, quality, budget } = { ...doc, ...found };
  return {
    signal: aggregateId,
    ...(anomaly && { anomaly }),
    ...(quality && { quality }),
    ...(budget && { budget }),
    updatedAt: occurredOn,
  };
};

/** How each signal stands: the last finding of each kind. */
export const signalState = projection<SignalView>('observability.signals', [
  init(AnomalyDetected, (event, doc) => {
    const { minute, observed, usual, threshold } = event.payload;
    return changed(doc, event, { anomaly: { minute, observed, usual, threshold } });
  }),
  init(QualityAlertRaised, (event, doc) => {
    const { minute, failing, allowed, events } = event.payload;
    return changed(doc, event, { quality: { minute, failing, allowed, events } });
  }),
  init(SloBudgetChanged, (event, doc) => {
    const { minute, objective, remaining } = event.payload;
    return changed(doc, event, { budget: { minute, objective, remaining } });
  }),
]);
