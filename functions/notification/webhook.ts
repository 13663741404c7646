import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { SubscribeWebhook } from './commands.ts';
import {
  webhook as definition,
  WebhookSubscribed,
  WebhookUnsubscribed,
  type WebhookEvent,
} from './events.ts';

type WebhookState =
  | { readonly status: 'none' | 'unsubscribed' }
  | {
      readonly status: 'active';
      readonly url: string;
      readonly format: 'envelope' | 'legacy';
      readonly eventTypes: readonly string[];
      readonly subscribedAt: string;
    };

export const webhook: Aggregate<WebhookState, WebhookEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (_, event) => {
    switch (event.eventType) {
      case 'WebhookSubscribedEvent': {
        const { url, format, eventTypes } = event.payload;
        return { status: 'active', url, format, eventTypes, subscribedAt: event.occurredOn };
      }
      case 'WebhookUnsubscribedEvent':
        return { status: 'unsubscribed' };
    }
  },
};

/** A subscription is for good: another URL, or other events, is another webhook with another secret. */
export const subscribeWebhook = (
  { status }: WebhookState,
  { webhookId, url, eventTypes, format }: SubscribeWebhook & { readonly webhookId: string },
): NewEvent[] =>
  status === 'none'
    ? [WebhookSubscribed.of({ webhookId, url, eventTypes: [...new Set(eventTypes)].sort(), format })]
    : [];

/** @throws BusinessError `unknown-webhook`; one that has ended already stays as it is */
export const unsubscribeWebhook = (
  state: WebhookState,
  webhookId: string,
  reason: 'asked' | 'gone',
): NewEvent[] => {
  if (known(state, webhookId).status === 'unsubscribed') return [];
  return [WebhookUnsubscribed.of({ webhookId, reason })];
};

/** @throws BusinessError `unknown-webhook`, `webhook-unsubscribed` */
export const requireActive = (state: WebhookState, webhookId: string): void => {
  if (known(state, webhookId).status === 'unsubscribed')
    throw new BusinessError('webhook-unsubscribed', `webhook ${webhookId} has ended; subscribe anew`);
};

const known = (state: WebhookState, webhookId: string): WebhookState => {
  if (state.status !== 'none') return state;
  throw new BusinessError('unknown-webhook', `there is no webhook ${webhookId}`, 'not-found');
};
