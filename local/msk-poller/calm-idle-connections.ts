import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/**
 * Stops kafkajs 2.2.4's idle connections from spinning. After every response a connection sets a timer to look for requests
 * that wait, although none does, with a delay far in the past; Node fires it after 1 ms (with a TimeoutNegativeWarning),
 * it finds nothing and sets itself again. Two connections a mapping make that 8 % of a core for nothing.
 *
 * The timer is only needed while requests wait, and each request that has to wait sets it itself.
 *
 * @returns false when kafkajs has no such class any more and was left as it is
 */
export function calmIdleConnections(): boolean {
  const loaded: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  const prototype: unknown = typeof loaded === 'function' ? loaded.prototype : undefined;
  if (!isRequestQueue(prototype)) return false;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
  return true;
}

function isRequestQueue(value: unknown): value is RequestQueue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scheduleCheckPendingRequests' in value &&
    typeof value.scheduleCheckPendingRequests === 'function'
  );
}
