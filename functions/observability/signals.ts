import type { EventDefinition } from '../../shared/define/event.ts';
import { contexts, topicOf, type ContextName } from '../../shared/define/topics.ts';
import { InventoryReservationRejected } from '../inventory/events.ts';
import { NotificationFailed } from '../notification/events.ts';
import { OrderCancelled, OrderConfirmed } from '../order/events.ts';
import { PaymentFailed } from '../payment/events.ts';
import { PromotionRedemptionRejected } from '../promotion/events.ts';
import type { Usual } from './evaluate-anomaly.ts';

/** What is watched, and what it is held against. Shares are parts of a million. */
export type Signal = { readonly name: string } & (
  | { readonly kind: 'anomaly'; readonly event: EventDefinition; readonly usual: Usual }
  | { readonly kind: 'quality'; readonly context: ContextName; readonly allowed: number }
  | {
      readonly kind: 'budget';
      readonly good: EventDefinition;
      readonly bad: EventDefinition;
      readonly objective: number;
    }
);

/** Three standard deviations: where a count is spread normally, one minute in 740 is above by chance. */
const watch = (name: string, event: EventDefinition, floor: number): Signal => ({
  name,
  kind: 'anomaly',
  event,
  usual: { floor, deviations: 3 },
});

const promise = (
  name: string,
  objective: { readonly good: EventDefinition; readonly bad: EventDefinition; readonly objective: number },
): Signal => ({ name, kind: 'budget', ...objective });

/** `order` → `orders.completeness`: how many of a context's events say on whose behalf they happened. */
const completeness = (context: ContextName): Signal => ({
  name: `${topicOf(context).replace('business-events-', '')}.completeness`,
  kind: 'quality',
  context,
  allowed: 10_000,
});

/** Everything that is watched, in the order of names. To watch something else is a line here. */
export const signals: readonly Signal[] = [
  watch('orders.cancelled', OrderCancelled, 5),
  watch('payments.failed', PaymentFailed, 5),
  watch('inventory.rejected', InventoryReservationRejected, 5),
  watch('notifications.failed', NotificationFailed, 5),
  watch('promotions.rejected', PromotionRedemptionRejected, 10),
  promise('orders.confirmed', { good: OrderConfirmed, bad: OrderCancelled, objective: 900_000 }),
  ...contexts.filter((context) => context !== 'observability').map(completeness),
].toSorted((a, b) => (a.name < b.name ? -1 : 1));
