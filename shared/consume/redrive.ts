import type { Cause } from './dead-letters.ts';
import type { KafkaRecord } from './record.ts';

/**
 * What an operator's tool sends a consumer function in the place of an MSK event: records to run once more, those
 * of one key in order. `rehearse` runs them on a copy-on-write view of the tables and leaves everything as it is;
 * `audit` does that with each record by itself, as if it came again now: one whose effect stands writes nothing.
 */
export interface RedriveRequest {
  readonly redrive: 'apply' | 'rehearse' | 'audit';
  readonly records: readonly KafkaRecord[];
}

/** Something that a rehearsed record would have changed. */
export interface RehearsedWrite {
  /** `document`, `events`, or the name of an effect on the outside. */
  readonly kind: string;
  /** Where: a document's view and key, an aggregate's id, what an effect is aimed at. */
  readonly target: string;
  /** What would stand there, or be sent, as JSON; null where it is too large for the answer. */
  readonly content: unknown;
}

/** `held`: not run, since an earlier record of its key failed, or time was up. */
export type RedriveResult = 'applied' | 'duplicate' | 'refused' | 'not-for-me' | 'failed' | 'held';

export interface RedriveOutcome {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly result: RedriveResult;
  /** Why it failed, or was refused. */
  readonly cause?: Cause;
  /** Of a rehearsal or an audit: what the record would have changed. */
  readonly writes?: readonly RehearsedWrite[];
}

/** Outcomes in the order of the request's records. */
export interface RedriveAnswer {
  readonly consumer: string;
  readonly outcomes: readonly RedriveOutcome[];
}

/** Whether an invocation is an operator's: IAM decides who may invoke a consumer function with it. */
export const isRedrive = (event: object): event is RedriveRequest => 'redrive' in event;
