import type { EventEnvelope } from '../define/envelope.ts';
import type { EventDefinition } from '../define/event.ts';

/** An event on its way through a consumer; `key` is its ordering key. */
export interface Delivery {
  readonly key: string;
  readonly event: EventEnvelope;
}

/**
 * How one delivery ended for one consumer (promise 5). `refused`: a rule of the business said no, which is an
 * answer and final (CON-08). `failed` carries the error whose class decides between a retry and the dead letters.
 * `held`: not tried, because an earlier delivery of its key failed (promise 6).
 */
export type Verdict =
  | { readonly kind: 'applied' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'held' };

export const applied: Verdict = { kind: 'applied' };
export const duplicate: Verdict = { kind: 'duplicate' };
export const held: Verdict = { kind: 'held' };
export const refused = (error: unknown): Verdict => ({ kind: 'refused', error });
export const failed = (error: unknown): Verdict => ({ kind: 'failed', error });

/** What stands behind a consumer function: a projection with its store, or a policy with its means to act. */
export interface Consumer {
  /** Unique in the mesh, for example `order.order-summary`. */
  readonly name: string;
  readonly listens: readonly EventDefinition[];
  /**
   * Handles deliveries, those of one key in the order given: what follows a failed one of its key is held.
   * Answers a verdict for each, in the same order, and throws only when it could not even begin.
   * @param remaining milliseconds that are left for it; one that works event by event begins none that it may not end
   */
  process(deliveries: readonly Delivery[], remaining?: () => number): Promise<readonly Verdict[]>;
}
