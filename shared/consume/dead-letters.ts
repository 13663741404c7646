/** A record that a consumer has given up on, whole, with all that is needed to review and redrive it (CON-10). */
export interface DeadLetter {
  readonly consumer: string;
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
  readonly cause: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly stack: string;
  };
  readonly attempts: number;
}

/** Where records are parked. Parking the same record again changes nothing. */
export interface DeadLetters {
  park(letters: readonly DeadLetter[]): Promise<void>;
}
