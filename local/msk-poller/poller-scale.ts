import type { ProvisionedPollers } from './mapping.ts';

/** "Each event poller supports up to 5 concurrent Lambda invocations": AWS page "Low latency processing for Kafka event sources". */
export const INVOCATIONS_PER_POLLER = 5;
/** Provisioned pollers follow the load quickly; those on demand are looked at "in one-minute intervals". */
const PROVISIONED_INTERVAL_MS = 1_000;
const ON_DEMAND_INTERVAL_MS = 60_000;

/**
 * How many event pollers a mapping has: here, how many invocations may run at a time. It grows with the partitions that
 * have fallen behind, goes back one at a time, and shrinks when the function is throttled.
 * AWS page: "Apache Kafka event poller scaling modes in Lambda".
 */
export class PollerScale {
  readonly intervalMs: number;
  #pollers: number;
  readonly #minimum: number;
  readonly #maximum: number;
  readonly #invocationsPerPoller: number;

  /**
   * @param provisioned undefined for on-demand mode, which has no limits of its own
   * @param invocationsPerPoller fewer than AWS's five where one machine does all the work
   */
  constructor(provisioned: ProvisionedPollers | undefined, invocationsPerPoller = INVOCATIONS_PER_POLLER) {
    this.#invocationsPerPoller = invocationsPerPoller;
    this.intervalMs = provisioned === undefined ? ON_DEMAND_INTERVAL_MS : PROVISIONED_INTERVAL_MS;
    this.#minimum = provisioned?.minimum ?? 1;
    this.#maximum = provisioned?.maximum ?? Infinity;
    this.#pollers = this.#minimum;
  }

  get pollers(): number {
    return this.#pollers;
  }

  /** Invocations that may run at the same time. */
  get slots(): number {
    return this.#pollers * this.#invocationsPerPoller;
  }

  /**
   * Fits the pollers to the load. More than one for each partition would break its order, so there are never more.
   * @param lagging partitions with more records to come than one batch takes
   */
  evaluate(lagging: number, partitions: number): void {
    const cap = Math.max(1, Math.min(this.#maximum, partitions));
    const floor = Math.min(this.#minimum, cap);
    const wanted = Math.min(cap, Math.max(floor, Math.ceil(lagging / this.#invocationsPerPoller)));
    const oneLess = Math.min(cap, this.#pollers - 1);
    this.#pollers = Math.max(wanted, oneLess);
  }

  /** The function was throttled: fewer pollers take less to it. */
  throttled(): void {
    this.#pollers = Math.max(Math.min(this.#minimum, this.#pollers), this.#pollers - 1);
  }
}
