import pMap from 'p-map';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import { MAX_REQUEST_CHARACTERS } from './ask-consumer.ts';
import { recordOf, type Letter, type WholeLetter } from './letter.ts';
import type { LetterTable } from './letter-table.ts';
import { correctionValue, wholeLetter } from './read-letters.ts';

const READS_IN_PARALLEL = 16;

/** A letter about to be redriven, as the consumer gets it. */
export interface Loaded {
  readonly letter: WholeLetter;
  readonly record: KafkaRecord;
}

/**
 * Letters with the bytes they are redriven with: an approved correction in the place of their own. Those that are
 * not parked any more are left out.
 */
export const loadAll = async (table: LetterTable, letters: readonly Letter[]): Promise<readonly Loaded[]> => {
  const loaded = await pMap(letters, (letter) => load(table, letter), { concurrency: READS_IN_PARALLEL });
  return loaded.flatMap((each) => each ?? []);
};

const load = async (table: LetterTable, letter: Letter): Promise<Loaded | undefined> => {
  const whole = await wholeLetter(table, letter);
  if (whole?.status !== 'parked') return undefined;
  const { correction } = whole;
  if (correction?.approvedBy === undefined) return { letter: whole, record: recordOf(whole) };
  const value = await correctionValue(table, whole, correction.sha256);
  return { letter: whole, record: recordOf(whole, value ?? whole.value) };
};

/** As many of some letters, from the first, as a request has room for; at least one. */
export const fitting = (loaded: readonly Loaded[], room = MAX_REQUEST_CHARACTERS): readonly Loaded[] => {
  let left = room;
  const end = loaded.findIndex(({ record }, i) => (left -= JSON.stringify(record).length) < 0 && i > 0);
  return end < 0 ? loaded : loaded.slice(0, end);
};
