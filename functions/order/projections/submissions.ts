import { init, projection } from '../../../shared/project/projection.ts';
import { OrderSubmitted } from '../events.ts';

export interface Submission {
  readonly orderId: string;
  readonly submittedAt: string;
}

/** The UTC minute of an instant, by which submissions are grouped. */
export const minuteOf = (instant: string): string => instant.slice(0, 'YYYY-MM-DDTHH:MM'.length);

/**
 * The orders submitted in each minute: what the watcher holds against the sagas that were started. It is another
 * consumer than the one that starts them, so that what one loses the other does not.
 */
export const submissions = projection<Submission>(
  'order.submissions',
  [init(OrderSubmitted, ({ aggregateId: orderId, occurredOn: submittedAt }) => ({ orderId, submittedAt }))],
  ({ aggregateId, occurredOn }) => ({ group: minuteOf(occurredOn), item: aggregateId }),
);
