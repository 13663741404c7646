/** Why a record ended among the dead letters, as it outlives its process. */
export interface Cause {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly stack: string;
}

/** A record that a consumer has set aside, whole, with all that is needed to review and redrive it (CON-10). */
export interface DeadLetter {
  readonly consumer: string;
  /** The Lambda function behind the consumer: a redrive hands the record to it. */
  readonly functionName: string;
  readonly topic: string;
  readonly partition: number;
  /** Kafka's offset, or a stream's sequence number: both pass 2⁵³, so text. */
  readonly offset: string;
  /** Milliseconds since the epoch, as Kafka has it. */
  readonly timestamp: number;
  /** Base64 of the record's bytes; null where the record has none. */
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly Readonly<Record<string, readonly number[]>>[];
  readonly cause: Cause;
  /** How often it was tried; 0 for one that waits behind another of its key. */
  readonly attempts: number;
  /** RFC 3339; the same instant where it failed once, or waits behind another. */
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
}

/**
 * Where records are parked, by key (promise 6): a parked record holds its key, so that later ones of that key
 * for that consumer park behind it. Parking the same record again changes nothing. A record without a key holds
 * nothing. Every implementation passes `tests/contract/dead-letters.spec.ts`.
 */
export interface DeadLetters {
  /** Which of some keys (base64) are held for a consumer. One small read as long as it has nothing parked. */
  heldKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Parks records and holds their keys; those of one key keep their order. */
  park(letters: readonly DeadLetter[]): Promise<void>;
  /**
   * Parks records of one key behind what is parked there.
   * @returns false, and nothing parked, when the key is not held any more: its records can be processed
   */
  parkBehind(letters: readonly DeadLetter[]): Promise<boolean>;
  /** Keeps records that a rule of the business refused, for review (C14). They hold nothing. */
  keepRefused(letters: readonly DeadLetter[]): Promise<void>;
}
