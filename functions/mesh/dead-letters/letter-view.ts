import { causeOf } from '../../../shared/errors/cause-of.ts';
import { decodedLetter, sha256Of } from './corrected-value.ts';
import { keyTextOf, type Letter, type WholeLetter } from './letter.ts';
import type { LetterTable } from './letter-table.ts';
import { correctionValue, findLetter, queueOf } from './read-letters.ts';

/** A letter as a list shows it. */
export const lineOf = (letter: Letter) => {
  const { letterId, consumer, functionName, status, topic, partition, offset, cause, correction } = letter;
  const { attempts, firstFailedAt, lastFailedAt, parkedAt } = letter;
  return {
    letterId,
    consumer,
    status,
    topic,
    partition,
    offset,
    key: keyTextOf(letter),
    cause: { code: cause.code, message: cause.message },
    attempts,
    firstFailedAt,
    lastFailedAt,
    parkedAt,
    functionName,
    ...(correction && { correction }),
  };
};

/** One letter whole: its bytes, what they decode to by today's contracts, its place in its queue and its history. */
export const showLetter = async (table: LetterTable, letterId: string) => {
  const letter = await findLetter(table, letterId);
  if (!letter) return undefined;
  const { key, value, headers, cause, timestamp, correction, history = [] } = letter;
  return {
    ...lineOf(letter),
    cause,
    timestamp: new Date(timestamp).toISOString(),
    record: { key, value, headers, sha256: sha256Of(value) },
    decoded: decodedOf(letter, value),
    place: await placeOf(table, letter),
    ...(correction && { correction: await corrected(table, letter, correction.sha256) }),
    history,
  };
};

const decodedOf = (letter: WholeLetter, value: string | null) => {
  const decoded = decodedLetter(letter, value);
  if (decoded.kind === 'event') return { event: decoded.event };
  if (decoded.kind === 'not-for-me') return { unknownType: decoded.eventType };
  const { code, message } = causeOf(decoded.error);
  return { error: { code, message } };
};

/** Where a parked letter stands among those of its key, from 1, and what is at their head. */
const placeOf = async (table: LetterTable, letter: WholeLetter) => {
  if (letter.status !== 'parked' || letter.key === null) return null;
  const queue = (await queueOf(table, letter.consumerKey)).filter(({ key }) => key !== null);
  const at = queue.findIndex(({ letterId }) => letterId === letter.letterId);
  return { number: at + 1, of: queue.length, head: queue[0]?.letterId ?? null };
};

const corrected = async (table: LetterTable, letter: WholeLetter, sha256: string) => {
  const value = await correctionValue(table, letter, sha256);
  return { ...letter.correction, value, ...(value !== undefined && { decoded: decodedOf(letter, value) }) };
};
