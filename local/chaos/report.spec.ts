import { describe, expect, it } from 'vitest';
import { describeReport, deviationsOf, type ChaosReport } from './report.ts';
import { FAULTS, Tally } from './tally.ts';

const everyFault = (): Tally => {
  const tally = new Tally();
  for (const name of FAULTS) tally.add(name, 2);
  return tally;
};
const report = (changes: Partial<ChaosReport> = {}): ChaosReport => ({
  seed: 7,
  minutes: 5,
  faults: everyFault().counts,
  orders: { confirmed: 3 },
  events: 20,
  records: { applied: 10, duplicate: 4, notForMe: 2, parked: 1 },
  rounds: [{ parked: 3, behind: 2, discarded: 1, redriven: { applied: 2 }, resumed: [] }],
  checks: [{ name: 'ledger', detail: '60 pages close', deviations: [] }],
  ...changes,
});

describe('the report', () => {
  it('says what was done, what came of it, and that nothing is off', () => {
    const text = describeReport(report());
    for (const part of [...FAULTS, '3  confirmed', '10  applied', '2 applied', '✔ ledger: 60 pages close'])
      expect(text).toContain(part);
    expect(text).toMatch(/0 lost, 0 doubled, 0 out of order$/);
  });

  it('names each deviation, and how to have the run again', () => {
    const checks = [{ name: 'ledger', detail: '', deviations: ['orders-0@4…5 is lost'] }];
    const text = describeReport(report({ checks }));
    expect(text).toContain('✖ ledger: 1 deviations');
    expect(text).toContain('ledger: orders-0@4…5 is lost');
    expect(text).toMatch(/npm run chaos -- --minutes 5 --seed 7$/);
  });

  it('takes a fault that was never injected for a deviation', () => {
    expect(deviationsOf(report({ faults: new Tally().counts }))).toHaveLength(FAULTS.length);
    expect(deviationsOf(report())).toEqual([]);
  });
});
