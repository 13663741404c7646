import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { init, projection, type DocumentKey } from '../../../shared/project/projection.ts';
import { AnomalyDetected, QualityAlertRaised, SloBudgetChanged } from '../events.ts';

/** One finding, with the figures that its event says. */
export type FindingView = {
  readonly minute: string;
  readonly kind: 'anomaly' | 'quality' | 'budget';
  readonly foundAt: string;
} & Readonly<Record<string, string | number>>;

const kinds = [
  ['anomaly', AnomalyDetected],
  ['quality', QualityAlertRaised],
  ['budget', SloBudgetChanged],
] as const;

/** Minute first: a signal's findings list in the order of what they are about. */
const place = (event: EventEnvelope): DocumentKey => {
  for (const [kind, definition] of kinds) {
    if (definition.is(event)) return { group: event.payload.signal, item: `${event.payload.minute}#${kind}` };
  }
  throw new PermanentError('no-finding', `${event.eventType} is no finding`);
};

/** Everything that was ever found of a signal. */
export const findings = projection<FindingView>(
  'observability.findings',
  kinds.map(([kind, definition]) =>
    init<FindingView, string, { readonly signal: string; readonly minute: string }>(
      definition,
      ({ payload: { signal: _, minute, ...figures }, occurredOn }) => ({
        minute,
        kind,
        foundAt: occurredOn,
        ...figures,
      }),
    ),
  ),
  place,
);
