import { on, policy } from '../../../shared/consume/policy.ts';
import { WebhookDue } from '../events.ts';
import type { Due } from '../webhook-delivery.ts';

/** Whenever a message is due to a webhook, it is sent. */
export const deliverWebhooks = policy<Due>('notification.deliver-webhooks', [
  on(WebhookDue, ({ payload }) => payload),
]);
