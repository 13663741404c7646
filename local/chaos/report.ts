import type { Cleared } from './settle/clear-letters.ts';
import { FAULTS, type FaultCounts } from './tally.ts';
import type { RecordEnds } from './verify/check-ledger.ts';

/** One thing that was held against another. */
export interface Check {
  readonly name: string;
  /** What was found to be right, in one line. */
  readonly detail: string;
  /** Each deviation, named. */
  readonly deviations: readonly string[];
}

export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: FaultCounts;
  /** Orders by outcome. */
  readonly orders: Readonly<Record<string, number>>;
  readonly events: number;
  /** Records by end, for all consumers together; undefined where the ledger could not be read. */
  readonly records: RecordEnds | undefined;
  /** What an operator did afterwards, round by round. */
  readonly rounds: readonly (Cleared & { readonly resumed: readonly string[] })[];
  readonly checks: readonly Check[];
}

/** Faults that a run left out, as deviations: it has not shown what it claims to. */
const faultsLeftOut = (faults: FaultCounts): string[] =>
  FAULTS.filter((name) => faults[name] === 0).map((name) => `not one fault of a kind: ${name}`);

export const deviationsOf = ({ faults, checks }: ChaosReport): readonly string[] => [
  ...faultsLeftOut(faults),
  ...checks.flatMap(({ name, deviations }) => deviations.map((deviation) => `${name}: ${deviation}`)),
];

const SHOWN = 20;

const table = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`);

/** The report for people. */
export const describeReport = (report: ChaosReport): string => {
  const { seed, minutes, faults, orders, events, records, rounds, checks } = report;
  const deviations = deviationsOf(report);
  const again = `npm run chaos -- --minutes ${minutes} --seed ${seed}`;
  return [
    '',
    `Chaos, ${minutes} min, seed ${seed}`,
    'faults',
    ...table(faults),
    `orders, by outcome (${events} events)`,
    ...table(orders),
    ...(records ? ['records, by end, of all consumers'] : []),
    ...table({ ...records }),
    'dead letters, and what became of them',
    ...rounds.flatMap(({ parked, behind, discarded, redriven, resumed }) => [
      `  ${parked} parked (${behind} of them behind others): ${discarded} discarded as injected; redriven: ` +
        (Object.entries(redriven)
          .map(([result, count]) => `${count} ${result}`)
          .join(', ') || 'none'),
      ...resumed.map((saga) => `  saga resumed: ${saga}`),
    ]),
    'checks',
    ...checks.map(({ name, detail, deviations: found }) =>
      found.length === 0 ? `  ✔ ${name}: ${detail}` : `  ✖ ${name}: ${found.length} deviations`,
    ),
    '',
    ...(deviations.length === 0
      ? ['0 lost, 0 doubled, 0 out of order']
      : [
          `${deviations.length} deviations:`,
          ...deviations.slice(0, SHOWN).map((deviation) => `  ${deviation}`),
          ...(deviations.length > SHOWN
            ? [`  … and ${deviations.length - SHOWN} more (--json has all)`]
            : []),
          `the same faults and the same load again: ${again}`,
        ]),
  ].join('\n');
};
