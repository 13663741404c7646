import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import { sumUpPage } from './sum-up-page.ts';
import type { PartitionEnds } from './read-topics.ts';

/**
 * Rows for partitions that hold records and of which a consumer of the topic has not entered one: all that is there is
 * its lag.
 * @param at when the ledger was read; RFC 3339
 */
export const unbegunRows = (
  rows: readonly LedgerRow[],
  ends: readonly PartitionEnds[],
  at: string,
): readonly LedgerRow[] => {
  const begun = new Set(
    rows.map(({ consumer, topic, partition }) => JSON.stringify([consumer, topic, partition])),
  );
  const readers = new Map(rows.map((row) => [JSON.stringify([row.consumer, row.topic]), row]));
  return [...readers.values()].flatMap(({ consumer, functionName, topic }) =>
    ends
      .filter((of) => of.topic === topic && of.end > of.earliest)
      .filter(({ partition }) => !begun.has(JSON.stringify([consumer, topic, partition])))
      .map((of): LedgerRow => {
        const { partition, earliest } = of;
        const nothing = { count: 0, ranges: [] };
        const row: LedgerRow = {
          ...{ consumer, functionName, topic, partition, from: earliest, next: earliest, covered: 0 },
          ...{ applied: 0, duplicate: 0, notForMe: 0, parked: 0, inFlight: nothing, missing: nothing },
          ...{ closes: true, standing: { parked: 0, refused: 0 }, updatedAt: at },
        };
        const tally = { checked: 0, setAside: 0, expired: 0, suspects: [] };
        const { consumer: _, topic: __, partition: ___, ...audit } = sumUpPage(row, of, tally, at);
        return { ...row, audit: { ...audit, by: '' } };
      }),
  );
};
