import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { tenthOf } from './evaluate-budget.ts';
import { AnomalyDetected, QualityAlertRaised, SloBudgetChanged } from './events.ts';
import type { Finding } from './find-in-minute.ts';
import { reportFinding, signal, type SignalState } from './signal.ts';

const name = 'orders.cancelled';
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
const saying = (finding: Finding) => (state: SignalState) => reportFinding(state, name, finding);

const anomaly = (minute: number, observed = 9): Finding => ({
  kind: 'anomaly',
  minute: at(minute),
  observed,
  usual: 2,
  threshold: 5,
});
const detected = (minute: number) =>
  AnomalyDetected.of({ signal: name, minute: at(minute), observed: 9, usual: 2, threshold: 5 });
const figures = { minute: at(0), failing: 20_000, allowed: 10_000, events: 100 };
const alert: Finding = { kind: 'quality', ...figures };
const budget = (minute: number, remaining: number): Finding => ({
  kind: 'budget',
  minute: at(minute),
  objective: 900_000,
  remaining,
});
const changed = (minute: number, remaining: number) =>
  SloBudgetChanged.of({ signal: name, minute: at(minute), objective: 900_000, remaining });

describe('an anomaly', () => {
  it('is told', () => {
    given(signal)
      .when(saying(anomaly(0)))
      .then([detected(0)]);
  });

  it('is told of a minute once, whatever a later look counts', () => {
    given(signal, [detected(0)])
      .when(saying(anomaly(0, 12)))
      .then([]);
  });

  it('is told of the next minute, not of one before', () => {
    given(signal, [detected(1)])
      .when(saying(anomaly(2)))
      .then([detected(2)]);
    given(signal, [detected(1)])
      .when(saying(anomaly(0)))
      .then([]);
  });
});

describe('a quality alert', () => {
  it('is told of a minute once, and does not mind other kinds of findings', () => {
    const raised = QualityAlertRaised.of({ signal: name, ...figures });
    given(signal, [detected(5)])
      .when(saying(alert))
      .then([raised]);
    given(signal, [raised]).when(saying(alert)).then([]);
  });
});

describe('a budget', () => {
  it.each([
    ['whole', 1_000_000],
    ['within the first tenth', 900_001],
  ])('that was never spoken of and is %s is no news', (_what, remaining) => {
    given(signal)
      .when(saying(budget(0, remaining)))
      .then([]);
  });

  it('is told when it crosses a tenth, either way, and when it runs out', () => {
    given(signal)
      .when(saying(budget(0, 900_000)))
      .then([changed(0, 900_000)]);
    given(signal, [changed(0, 850_000)])
      .when(saying(budget(1, 800_001)))
      .then([]);
    given(signal, [changed(0, 850_000)])
      .when(saying(budget(1, 800_000)))
      .then([changed(1, 800_000)]);
    given(signal, [changed(0, 1)])
      .when(saying(budget(1, 0)))
      .then([changed(1, 0)]);
    given(signal, [changed(0, 0)])
      .when(saying(budget(1, 1_000_000)))
      .then([changed(1, 1_000_000)]);
  });

  it('is not told of a minute before the last one that was told', () => {
    given(signal, [changed(3, 500_000)])
      .when(saying(budget(2, 0)))
      .then([]);
    given(signal, [changed(3, 500_000)])
      .when(saying(budget(3, 0)))
      .then([]);
  });
});

it('whatever is found, again and in any order: each event is news, and minutes only go forward', () => {
  const finding = fc.oneof(
    fc.nat(20).map((minute) => anomaly(minute)),
    fc.record({ minute: fc.nat(20), remaining: fc.nat(1_000_000) }).map((b) => budget(b.minute, b.remaining)),
  );
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 60 }), (found) => {
      const told: NewEvent[] = [];
      for (const each of found) {
        const state = fold(signal, envelopesOf(name, told));
        const news = reportFinding(state, name, each);
        told.push(...news);
        // What has been told is never told twice.
        expect(reportFinding(fold(signal, envelopesOf(name, told)), name, each)).toEqual([]);
      }
      const events = envelopesOf(name, told);
      const anomalies = events.filter(AnomalyDetected.is).map(({ payload }) => payload.minute);
      const budgets = events.filter(SloBudgetChanged.is).map(({ payload }) => payload);
      for (const minutes of [anomalies, budgets.map(({ minute }) => minute)])
        expect(minutes).toEqual([...new Set(minutes)].toSorted());
      const tenths = [10, ...budgets.map(({ remaining }) => tenthOf(remaining))];
      for (const [i, tenth] of tenths.slice(1).entries()) expect(tenth).not.toBe(tenths[i]);
    }),
  );
});
