import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger, metrics } from '../observe/telemetry.ts';
import type { CircuitWatcher } from './circuit.ts';

/** `CircuitState`: its maximum over a period says how bad it was. */
const STATE = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Metrics of their own, since their dimension is the provider and not the function. */
const record = (provider: string, name: string, value: number): void => {
  metrics.singleMetric().addDimension('provider', provider).addMetric(name, MetricUnit.Count, value);
};

/** A circuit's changes in logs and metrics (CON-12): `CircuitState`, `CircuitOpened`, by provider. */
export const circuitTelemetry: CircuitWatcher = {
  met: (provider, phase) => record(provider, 'CircuitState', STATE[phase]),
  changed: (provider, phase) => {
    record(provider, 'CircuitState', STATE[phase]);
    if (phase === 'open') record(provider, 'CircuitOpened', 1);
    logger[phase === 'open' ? 'warn' : 'info'](`circuit ${phase}`, { provider });
  },
  forgetful: (provider, error) => logger.warn('circuit memory failed', { provider, error }),
};
