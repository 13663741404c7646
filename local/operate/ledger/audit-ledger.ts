import pMap from 'p-map';
import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import type { PageAudit } from '../../../functions/mesh/ledger/page-audit.ts';
import type { OffsetRange } from '../../../shared/consume/ledger.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import { requestsOf } from './ask-about.ts';
import { findSuspects, type AuditMeans, type Suspect } from './find-suspects.ts';
import { sumUpPage, type Tally } from './sum-up-page.ts';
import type { PartitionEnds } from './read-topics.ts';

const REQUESTS_AT_ONCE = 2;

/** An audited page with everything that was found there, however much. */
export interface AuditedPage {
  readonly row: LedgerRow;
  readonly ends: PartitionEnds;
  readonly audit: PageAudit;
}

/** Reads partitions up to their ends and hands their records on, in order. */
export type ReadTopics = (
  ends: readonly PartitionEnds[],
  take: (records: readonly KafkaRecord[]) => Promise<void>,
) => Promise<void>;

/**
 * Holds the ledger against the topics and the effects: every record that a page has counted, and the topic still
 * has, is put to its consumer once more, which says whether its effect stands. What is doubtful at the end is asked
 * again, since letters are redriven and functions fail while an audit runs.
 */
export const auditLedger = async (
  means: AuditMeans,
  rows: readonly LedgerRow[],
  ends: readonly PartitionEnds[],
  readTopics: ReadTopics,
): Promise<readonly AuditedPage[]> => {
  const at = new Date(means.now()).toISOString();
  const tallies = new Map(rows.map((row): [LedgerRow, Tally] => [row, emptyTally()]));
  const ofPartition = Map.groupBy(rows, ({ topic, partition }) => nameOf(topic, partition));
  const wanted = ends
    .filter(({ topic, partition }) => ofPartition.has(nameOf(topic, partition)))
    .map((partition) => upTo(partition, ofPartition.get(nameOf(partition.topic, partition.partition)) ?? []));

  await readTopics(wanted, async (records) => {
    const [first] = records;
    if (!first) return;
    for (const row of ofPartition.get(nameOf(first.topic, first.partition)) ?? []) {
      const covered = records.filter(isCoveredBy(row));
      const tally = tallies.get(row);
      if (tally)
        await pMap(requestsOf(covered), (some) => enter(means, row, tally, some), {
          concurrency: REQUESTS_AT_ONCE,
        });
    }
  });

  const audited: AuditedPage[] = [];
  for (const [row, tally] of tallies) {
    const partition = ends.find(({ topic, partition }) => topic === row.topic && partition === row.partition);
    if (!partition) continue;
    const confirmed = { ...tally, suspects: await confirm(means, row, tally) };
    audited.push({ row, ends: partition, audit: sumUpPage(row, partition, confirmed, at) });
  }
  return audited;
};

const nameOf = (topic: string, partition: number): string => `${topic}-${partition}`;

const emptyTally = (): Tally => ({ checked: 0, setAside: 0, expired: 0, suspects: [] });

/** A partition as far as any of its pages goes. */
const upTo = (partition: PartitionEnds, rows: readonly LedgerRow[]): PartitionEnds => ({
  ...partition,
  end: Math.min(partition.end, Math.max(...rows.map(({ next }) => next))),
});

const isCoveredBy = ({ from, next, inFlight, missing }: LedgerRow) => {
  const isIn = (ranges: readonly OffsetRange[], offset: number): boolean =>
    ranges.some(([first, last]) => first <= offset && offset <= last);
  return ({ offset }: KafkaRecord): boolean =>
    from <= offset && offset < next && !isIn(inFlight.ranges, offset) && !isIn(missing.ranges, offset);
};

const enter = async (
  means: AuditMeans,
  row: LedgerRow,
  tally: Tally,
  records: readonly KafkaRecord[],
): Promise<void> => {
  const { suspects, setAside, expired } = await findSuspects(means, row, records);
  tally.checked += records.length;
  tally.setAside += setAside;
  tally.expired += expired;
  tally.suspects = [...tally.suspects, ...suspects];
};

/** What is still doubtful when asked again. */
const confirm = async (means: AuditMeans, row: LedgerRow, tally: Tally): Promise<readonly Suspect[]> => {
  const records = tally.suspects.map(({ record }) => record).sort((a, b) => a.offset - b.offset);
  const confirmed: Suspect[] = [];
  for (const some of requestsOf(records)) {
    const { suspects, setAside, expired } = await findSuspects(means, row, some);
    tally.setAside += setAside;
    tally.expired += expired;
    confirmed.push(...suspects);
  }
  return confirmed;
};
