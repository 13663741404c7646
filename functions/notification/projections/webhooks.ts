import { init, projection, when } from '../../../shared/project/projection.ts';
import { WebhookSubscribed, WebhookUnsubscribed } from '../events.ts';

export interface WebhookView {
  readonly webhookId: string;
  readonly status: 'active' | 'unsubscribed';
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly format: 'envelope' | 'legacy';
  readonly subscribedAt: string;
  /** When it ended, and why: somebody asked for it, or the subscriber answered 410. */
  readonly ended?: { readonly at: string; readonly reason: 'asked' | 'gone' };
}

/** They stand in one group, which the fan-out reads whole. */
export const ALL_WEBHOOKS = 'all';

/** Every webhook that was ever subscribed. */
export const webhooks = projection<WebhookView>(
  'notification.webhooks',
  [
    init(WebhookSubscribed, ({ payload: { webhookId, url, eventTypes, format }, occurredOn }) => ({
      webhookId,
      status: 'active',
      url,
      eventTypes,
      format,
      subscribedAt: occurredOn,
    })),
    when(WebhookUnsubscribed, (doc, { payload: { reason }, occurredOn }) => ({
      ...doc,
      status: 'unsubscribed',
      ended: { at: occurredOn, reason },
    })),
  ],
  ({ aggregateId }) => ({ group: ALL_WEBHOOKS, item: aggregateId }),
);
