import type { AskConsumer } from '../../../functions/mesh/dead-letters/ask-consumer.ts';
import type { Letter } from '../../../functions/mesh/dead-letters/letter.ts';
import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import { MAX_WHY } from '../../../functions/mesh/ledger/page-audit.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import { askAbout } from './ask-about.ts';
import { judgeOutcome, type Judgement } from './judge-outcome.ts';

/** What an audit needs of the mesh around it. */
export interface AuditMeans {
  readonly ask: AskConsumer;
  /** The letters that a consumer has of some records, in whatever state. */
  readonly lettersOf: (
    consumer: string,
    records: readonly KafkaRecord[],
  ) => Promise<ReadonlyMap<KafkaRecord, Letter>>;
  /** The approved value of a corrected letter, base64. */
  readonly correctedValue: (letter: Letter) => Promise<string | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A record whose effect was not found, and why. */
export interface Suspect {
  readonly record: KafkaRecord;
  readonly judgement: Judgement;
}

export interface Sifted {
  readonly suspects: readonly Suspect[];
  readonly setAside: number;
  readonly expired: number;
}

type Asked = Pick<LedgerRow, 'consumer' | 'functionName'>;

/** Asks a consumer about records it has counted; those that a letter accounts for are no suspects. */
export const findSuspects = async (
  means: AuditMeans,
  row: Asked,
  records: readonly KafkaRecord[],
): Promise<Sifted> => {
  const judged = await judge(means, row, records);
  const doubtful = judged.filter(({ judgement: { kind } }) => kind === 'suspect' || kind === 'unclear');
  const expired = judged.filter(({ judgement: { kind } }) => kind === 'expired').length;
  const letters =
    doubtful.length > 0
      ? await means.lettersOf(
          row.consumer,
          doubtful.map(({ record }) => record),
        )
      : new Map<KafkaRecord, Letter>();
  const suspects: Suspect[] = [];
  let setAside = 0;
  for (const suspect of doubtful) {
    const letter = letters.get(suspect.record);
    const doubt = letter ? await doubtDespite(means, row, letter, suspect) : suspect.judgement;
    if (doubt) suspects.push({ record: suspect.record, judgement: doubt });
    else setAside += 1;
  }
  return { suspects, setAside, expired };
};

const judge = async (
  { ask, now }: AuditMeans,
  { functionName }: Asked,
  records: readonly KafkaRecord[],
): Promise<Suspect[]> => {
  const outcomes = await askAbout(ask, functionName, records);
  return records.flatMap((record, i) => {
    const outcome = outcomes[i];
    return outcome ? [{ record, judgement: judgeOutcome(outcome, now() - record.timestamp) }] : [];
  });
};

/**
 * What stays doubtful although there is a letter. Parked, refused and discarded letters account for their records: no
 * effect is expected. A redriven one has had its effect, with the value that it was redriven with.
 */
const doubtDespite = async (
  means: AuditMeans,
  row: Asked,
  letter: Letter,
  { record, judgement }: Suspect,
): Promise<Judgement | undefined> => {
  if (letter.status !== 'redriven') return undefined;
  const redriven = letter.history?.findLast(({ action }) => action === 'redriven');
  if (redriven?.result === 'refused' || redriven?.result === 'not-for-me') return undefined;
  const after = (of: Judgement): Judgement => ({
    ...of,
    why: `after its redrive: ${of.why}`.slice(0, MAX_WHY),
  });
  if (letter.correction?.approvedBy === undefined) return after(judgement);
  const value = await means.correctedValue(letter);
  if (value === undefined) return after({ kind: 'unclear', why: 'its corrected value is gone' });
  const [corrected] = await judge(means, row, [{ ...record, value }]);
  return corrected && corrected.judgement.kind !== 'stands' ? after(corrected.judgement) : undefined;
};
