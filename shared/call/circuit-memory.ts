/** What is remembered of a provider's circuit between calls, which any instance of a function may make. */
export interface CircuitRecord {
  /** The breaker's own memory, as the library writes it. */
  readonly breaker: unknown;
  /** Present while the circuit is not closed. Times are in milliseconds since the epoch. */
  readonly opened?: Opened | undefined;
}

export interface Opened {
  /** Until then every call is refused; from then on probes are let through. */
  readonly until: number;
  /** Probes that succeeded since. */
  readonly passed: number;
  /** Probes under way are limited in number; one that never reports is forgotten when its round ends. */
  readonly round: { readonly endsAt: number; readonly underWay: number };
}

export interface RememberedCircuit {
  readonly record: CircuitRecord;
  readonly revision: number;
}

/** Where one provider's circuit is remembered. */
export interface CircuitMemory {
  /** Sees every write that was acknowledged; undefined where nothing is known yet. */
  load(): Promise<RememberedCircuit | undefined>;
  /**
   * Replaces what was loaded.
   * @param revision of what was loaded; 0 where nothing was
   * @returns false when somebody else replaced it first
   */
  save(record: CircuitRecord, revision: number): Promise<boolean>;
}
