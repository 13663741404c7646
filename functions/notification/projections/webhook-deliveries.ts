import { init, projection, when } from '../../../shared/project/projection.ts';
import { WebhookDelivered, WebhookDue, WebhookRefused } from '../events.ts';

export interface WebhookDeliveryView {
  readonly eventId: string;
  readonly eventType: string;
  /** What the event is of, such as an order's id. */
  readonly aggregateId: string;
  readonly status: 'due' | 'delivered' | 'refused';
  readonly dueAt: string;
  /** How often it was queued again. */
  readonly replays: number;
  /** How the last message that ended did. */
  readonly last?: {
    readonly messageId: string;
    readonly at: string;
    readonly httpStatus?: number;
    readonly reason?: string;
  };
}

/**
 * What was sent to a webhook. Deliveries are in the order of what they are about: an id ends in its event's UUIDv7,
 * which begins with the time (RFC 9562). It takes every event of a delivery, so that a missing one shows.
 */
export const webhookDeliveries = projection<WebhookDeliveryView>('notification.webhook-deliveries', [
  init(WebhookDue, ({ payload: { event, replayId }, occurredOn }, doc) => ({
    eventId: event.eventId,
    eventType: event.eventType,
    aggregateId: event.aggregateId,
    status: 'due',
    dueAt: occurredOn,
    replays: (doc?.replays ?? 0) + (replayId === undefined ? 0 : 1),
    ...(doc?.last && { last: doc.last }),
  })),
  when(WebhookDelivered, (doc, { payload: { messageId, status }, occurredOn }) => ({
    ...doc,
    status: 'delivered',
    last: { messageId, at: occurredOn, httpStatus: status },
  })),
  when(WebhookRefused, (doc, { payload: { messageId, status, reason }, occurredOn }) => ({
    ...doc,
    status: 'refused',
    last: { messageId, at: occurredOn, ...(status !== undefined && { httpStatus: status }), reason },
  })),
]);
