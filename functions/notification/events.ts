import { z } from 'zod';
import { envelopeSchema } from '../../shared/define/envelope.ts';
import { defineAggregate, idWithin, idWithinCustomer, type EventOf } from '../../shared/define/event.ts';
import { customerId } from '../../shared/define/identifiers.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** One message to one customer about one event: its id is `<customerId>.<id of that event>`, ordered by customer. */
export const notification = defineAggregate('notification', 'notification', 'owner');

/** What a customer wants to hear, and where: its id is the customer's. */
export const preferences = defineAggregate('notification', 'preferences');

/** The notification that an event causes: the same on every delivery of the event. */
export const notificationId = (customer: string, causeEventId: string): string =>
  idWithinCustomer(customer, causeEventId);

/** What a notification is about, such as `order-confirmed`. Open: new kinds do not change the contract. */
const kind = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*$/)
  .max(40);
/** A language tag (BCP 47), such as `en` or `de-AT`. */
export const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as de-AT')
  .max(35);

export const PreferencesSet = preferences.event(
  'PreferencesSetEvent',
  z.object({
    customerId,
    /** A sealed address for mail. */
    email: sealedSchema,
    language: languageSchema.optional(),
    muted: z.array(kind).max(50),
  }),
  { version: 1 },
);

export const NotificationSent = notification.event(
  'NotificationSentEvent',
  z.object({ customerId, kind, subject: z.string().min(1).max(200), causeEventId: z.uuidv7() }),
  { version: 1 },
);

export const NotificationFailed = notification.event(
  'NotificationFailedEvent',
  z.object({ customerId, kind, reason: z.string().min(1).max(500), causeEventId: z.uuidv7() }),
  { version: 1 },
);

export type NotificationEvent = EventOf<typeof NotificationSent | typeof NotificationFailed>;
export type PreferencesEvent = EventOf<typeof PreferencesSet>;

/**
 * An external system's subscription to events of the mesh. Its signing secret is in no event: it is derived. All of
 * them have one owner, so that one read of the event table tells which there are.
 */
export const webhook = defineAggregate('notification', 'webhook', 'owner');

/** What every webhook's aggregate id begins with. */
export const WEBHOOKS = 'webhooks';

/** The aggregate of a webhook: `webhooks.<webhookId>`. */
export const webhookAggregateId = (webhookId: string): string => idWithin(WEBHOOKS, webhookId);

/** One event on its way to one webhook: its id is `<webhookId>.<id of the event>`, ordered by webhook. */
export const webhookDelivery = defineAggregate('notification', 'webhook-delivery', 'owner');

/** The delivery of an event to a webhook: the same however often the event comes. */
export const webhookDeliveryId = (webhook: string, eventId: string): string => idWithin(webhook, eventId);

export const webhookIdSchema = z.uuid();
export const webhookFormatSchema = z.enum(['envelope', 'legacy']);
const replayId = z.uuid();

export const WebhookSubscribed = webhook.event(
  'WebhookSubscribedEvent',
  z.object({
    webhookId: webhookIdSchema,
    url: z.url().max(500),
    eventTypes: z.array(z.string().max(100)).min(1).max(200),
    /** What a message's body is: the event as it is published, or in the form of the legacy systems. */
    format: webhookFormatSchema,
  }),
  { version: 1 },
);

/** `gone`: the subscriber answered 410, which asks for nothing more to be sent. */
export const WebhookUnsubscribed = webhook.event(
  'WebhookUnsubscribedEvent',
  z.object({ webhookId: webhookIdSchema, reason: z.enum(['asked', 'gone']) }),
  { version: 1 },
);

/** An event is to be sent to a webhook: for the first time, or again as part of a replay. */
export const WebhookDue = webhookDelivery.event(
  'WebhookDueEvent',
  z.object({ webhookId: webhookIdSchema, event: envelopeSchema, replayId: replayId.optional() }),
  { version: 1 },
);

/** `messageId` is what the subscriber knows the message by: the event's id, and `_<replayId>` where it is a replay. */
const message = {
  webhookId: webhookIdSchema,
  eventId: z.uuidv7(),
  messageId: z.string().min(1).max(80),
};

export const WebhookDelivered = webhookDelivery.event(
  'WebhookDeliveredEvent',
  z.object({ ...message, status: z.int().min(200).max(299) }),
  { version: 1 },
);

/** The subscriber does not want the message, or cannot be sent it: final, and no fault of the mesh. */
export const WebhookRefused = webhookDelivery.event(
  'WebhookRefusedEvent',
  z.object({
    ...message,
    /** Absent where nothing was sent. */
    status: z.int().min(100).max(599).optional(),
    reason: z.string().min(1).max(300),
  }),
  { version: 1 },
);

export type WebhookEvent = EventOf<typeof WebhookSubscribed | typeof WebhookUnsubscribed>;
export type WebhookDeliveryEvent = EventOf<
  typeof WebhookDue | typeof WebhookDelivered | typeof WebhookRefused
>;
