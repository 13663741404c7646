import { findTopic } from '../../../shared/define/topics.ts';
import type { Cause, DeadLetter } from '../../../shared/consume/dead-letters.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import type { RedriveResult } from '../../../shared/consume/redrive.ts';

/**
 * `parked` holds its key until it is redriven or discarded. `refused`: a rule of the business said no; it holds
 * nothing and is there for review. The other two are settled and go after 90 days.
 */
export type LetterStatus = 'parked' | 'refused' | 'redriven' | 'discarded';

/** What somebody, or a redrive on somebody's behalf, did with a letter. */
export interface HistoryEntry {
  readonly at: string;
  /** The `sub` of the operator's token. */
  readonly by: string;
  readonly action: 'redriven' | 'redrive-failed' | 'corrected' | 'approved' | 'discarded';
  readonly reason?: string;
  /** Of what a person did: its entry in the audit trail. */
  readonly auditId?: string;
  /** Of a redrive: its job, and how it ended. */
  readonly job?: string;
  readonly result?: RedriveResult;
  readonly cause?: Pick<Cause, 'code' | 'message'>;
  /** Of a correction: what was put in the place of what (SHA-256 of the values' bytes, hex). */
  readonly sha256?: string;
  readonly originalSha256?: string;
}

/** A value to be used in the place of a letter's own, once a second person has approved it. */
export interface Correction {
  readonly sha256: string;
  readonly originalSha256: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly approvedBy?: string;
  readonly approvedAt?: string;
}

/** A letter as lists and queues need it: without its bytes. */
export interface Letter extends Omit<DeadLetter, 'key' | 'value' | 'headers'> {
  readonly letterId: string;
  readonly consumerKey: string;
  readonly position: string;
  readonly status: LetterStatus;
  readonly parkedAt: string;
  /** Base64; absent on a large letter, whose key is among its parts. */
  readonly key?: string | null;
  readonly parts?: number;
  readonly correction?: Correction;
  readonly history?: readonly HistoryEntry[];
}

/** A letter with its bytes. */
export interface WholeLetter extends Letter, DeadLetter {
  readonly key: string | null;
}

/** Whether a redrive can do anything for a letter: a stream's record has no consumer that would take it. */
export const isRedrivable = ({ status, topic }: Pick<Letter, 'status' | 'topic'>): boolean =>
  status === 'parked' && findTopic(topic) !== undefined;

/** Letters of one lane are redriven in order; those without a key each have a lane of their own. */
export const laneOf = ({ consumerKey, key, letterId }: Letter): string =>
  key === null ? `no key, ${letterId}` : consumerKey;

/** The record that a consumer gets when a letter is redriven. @param value base64, the approved correction */
export const recordOf = (letter: WholeLetter, value: string | null = letter.value): KafkaRecord => ({
  topic: letter.topic,
  partition: letter.partition,
  offset: Number(letter.offset),
  timestamp: letter.timestamp,
  key: letter.key,
  value,
  headers: letter.headers,
});

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The key as text, where it is text and small enough to stand in the table's own key; for people. */
export const keyTextOf = ({ consumer, consumerKey, key }: Letter): string | null => {
  if (key === null) return null;
  const base64 = consumerKey.slice(consumer.length + 1);
  try {
    return base64.startsWith('sha256:') ? base64 : utf8.decode(Buffer.from(base64, 'base64'));
  } catch {
    // Bytes that are no text are shown as they are kept.
    return `base64:${base64}`;
  }
};
