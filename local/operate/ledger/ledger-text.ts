import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import type { Finding } from '../../../functions/mesh/ledger/page-audit.ts';
import type { OffsetRange } from '../../../shared/consume/ledger.ts';

/** A line of the printed ledger: a page, or the sum of a consumer's pages of one topic. */
interface Line {
  readonly consumer: string;
  readonly topic: string;
  readonly rows: readonly LedgerRow[];
}

const COLUMNS = [
  'consumer',
  'topic',
  'covered',
  'applied',
  'duplicate',
  'not for me',
  'parked',
  'standing',
  'in flight',
  'missing',
  'lag',
  'checked',
  'found',
  'closes',
];
/** Columns of text stand left, of numbers right. */
const TEXT_COLUMNS = 2;

/** @param partitions a line for each page instead of each topic */
export const ledgerTable = (rows: readonly LedgerRow[], partitions: boolean): string => {
  const lines = [...Map.groupBy(rows, (row) => lineName(row, partitions)).values()]
    .map((some): Line => ({
      consumer: some[0]?.consumer ?? '',
      topic: `${some[0]?.topic ?? ''}${partitions ? `-${some[0]?.partition ?? 0}` : ''}`,
      rows: some,
    }))
    .map(cells);
  const table = [COLUMNS, ...lines];
  const widths = COLUMNS.map((_, i) => Math.max(...table.map((line) => (line[i] ?? '').length)));
  return table
    .map((line) =>
      line
        .map((cell, i) => (i < TEXT_COLUMNS ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const lineName = ({ consumer, topic, partition }: LedgerRow, partitions: boolean): string =>
  JSON.stringify([consumer, topic, partitions ? partition : 0]);

const cells = ({ consumer, topic, rows }: Line): string[] => {
  const sum = (of: (row: LedgerRow) => number): string => String(rows.reduce((all, row) => all + of(row), 0));
  const audited = (of: (audit: LedgerRow['audit'] & object) => number): string =>
    rows.some(({ audit }) => audit) ? sum(({ audit }) => (audit ? of(audit) : 0)) : '–';
  return [
    consumer,
    topic,
    sum((row) => row.covered),
    sum((row) => row.applied),
    sum((row) => row.duplicate),
    sum((row) => row.notForMe),
    sum((row) => row.parked),
    sum((row) => row.standing.parked),
    sum((row) => row.inFlight.count),
    sum((row) => row.missing.count),
    audited(({ lag }) => lag),
    audited(({ checked }) => checked),
    audited(({ findingCount }) => findingCount),
    rows.every(({ closes }) => closes) ? 'yes' : 'NO',
  ];
};

const MAX_LISTED = 20;

/** Every offset that is missing, in flight, or that the audit found, by name; empty when there is none. */
export const troubles = (rows: readonly LedgerRow[]): string[] =>
  rows.flatMap(({ consumer, topic, partition, missing, inFlight, audit }) => {
    const at = ([first, last]: OffsetRange): string =>
      `${topic}-${partition}@${first}${last > first ? `…${last}` : ''}`;
    const found = audit?.findings.slice(0, MAX_LISTED) ?? [];
    const more = (audit?.findingCount ?? 0) - found.length;
    return [
      ...missing.ranges.map((range) => `${at(range)}  ${consumer}  missing: never entered`),
      ...inFlight.ranges.map((range) => `${at(range)}  ${consumer}  in flight: reported, on its way again`),
      ...found.map(
        ({ kind, first, last, why }: Finding) => `${at([first, last])}  ${consumer}  ${kind}: ${why}`,
      ),
      ...(more > 0 ? [`${topic}-${partition}  ${consumer}  and ${more} more`] : []),
    ];
  });
