import type { EventEnvelope } from '../define/envelope.ts';
import type { EventDefinition } from '../define/event.ts';

/** An event on its way through a consumer; `key` is its ordering key. */
export interface Delivery {
  readonly key: string;
  readonly event: EventEnvelope;
}

/**
 * How one delivery ended for one consumer (promise 5): `applied` also where a rule of the business said no,
 * since that is an answer; `failed` carries the error whose class decides between a retry and the dead letters.
 */
export type Verdict =
  | { readonly kind: 'applied' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'failed'; readonly error: unknown };

export const applied: Verdict = { kind: 'applied' };
export const duplicate: Verdict = { kind: 'duplicate' };
export const failed = (error: unknown): Verdict => ({ kind: 'failed', error });

/** What stands behind a consumer function: a projection with its store, or a policy with its means to act. */
export interface Consumer {
  /** Unique in the mesh, for example `order.order-summary`. */
  readonly name: string;
  readonly listens: readonly EventDefinition[];
  /**
   * Handles deliveries, those of one key in the order given. Answers a verdict for each, in the same order,
   * and throws only when it could not even begin.
   */
  process(deliveries: readonly Delivery[]): Promise<readonly Verdict[]>;
}
