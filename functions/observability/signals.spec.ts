import { describe, expect, it } from 'vitest';
import { AnomalyDetected, QualityAlertRaised, SloBudgetChanged } from './events.ts';
import { reportFinding } from './signal.ts';
import { signals, type Signal } from './signals.ts';
import type { Finding } from './find-in-minute.ts';

const minute = '2026-03-01T12:00:00.000Z';
const worst = (signal: Signal): Finding => {
  switch (signal.kind) {
    case 'anomaly':
      return { kind: 'anomaly', minute, observed: 99, usual: 1, threshold: signal.usual.floor };
    case 'quality':
      return { kind: 'quality', minute, failing: 1_000_000, allowed: signal.allowed, events: 1 };
    case 'budget':
      return { kind: 'budget', minute, objective: signal.objective, remaining: 0 };
  }
};

describe('what is watched', () => {
  it('has one name each, in the order of which it stands', () => {
    const names = signals.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].toSorted());
  });

  it.each(signals.map((signal) => [signal.name, signal] as const))(
    '%s can be reported as the contract has it',
    (name, signal) => {
      const [event] = reportFinding({}, name, worst(signal));
      const kinds = { anomaly: AnomalyDetected, quality: QualityAlertRaised, budget: SloBudgetChanged };
      expect(event?.definition).toBe(kinds[signal.kind]);
      expect(event?.definition.schema.parse(event.payload)).toEqual(event?.payload);
    },
  );

  it('leaves each objective some room for failures: without, there is no budget', () => {
    for (const signal of signals)
      if (signal.kind === 'budget') expect(signal.objective).toBeLessThan(1_000_000);
  });
});
