import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import { MAX_FINDINGS, type Finding, type PageAudit } from '../../../functions/mesh/ledger/page-audit.ts';
import type { Suspect } from './find-suspects.ts';
import type { PartitionEnds } from './read-topics.ts';

/** What an audit has seen of a page so far. */
export interface Tally {
  checked: number;
  setAside: number;
  expired: number;
  suspects: readonly Suspect[];
}

/** Puts down what an audit of a page comes to. @param at when the ledger was read; RFC 3339 */
export const sumUpPage = (
  row: LedgerRow,
  { earliest, end }: PartitionEnds,
  { suspects, checked, setAside, expired }: Tally,
  at: string,
): PageAudit => {
  const findings = [...againstTopic(row, earliest, end), ...suspects.map(findingOf)];
  const { consumer, topic, partition, from, next } = row;
  return {
    ...{ consumer, topic, partition, at, earliest, end },
    lag: Math.max(0, end - Math.max(next, earliest)),
    ...{ checked, setAside, expired },
    pastRetention: Math.max(0, Math.min(earliest, next) - from),
    findingCount: findings.length,
    findings: findings.slice(0, MAX_FINDINGS),
  };
};

/** Offsets that topic and page do not agree on. What retention took away from the left is none of them. */
const againstTopic = ({ from, next }: LedgerRow, earliest: number, end: number): Finding[] => [
  ...(from > earliest
    ? [
        {
          kind: 'never-read' as const,
          first: earliest,
          last: from - 1,
          why: 'on the topic, and never given to this consumer',
        },
      ]
    : []),
  ...(next > end
    ? [
        {
          kind: 'beyond-end' as const,
          first: end,
          last: next - 1,
          why: 'counted, and not on the topic: was it made anew?',
        },
      ]
    : []),
];

const findingOf = ({ record: { offset }, judgement: { kind, why } }: Suspect): Finding => ({
  kind: kind === 'unclear' ? 'unclear' : 'lost',
  first: offset,
  last: offset,
  why,
});
