import { z } from 'zod';
import { defineAggregate, idWithinCustomer, type EventOf } from '../../shared/define/event.ts';
import { customerId } from '../../shared/define/identifiers.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** One message to one customer about one event: its id is `<customerId>.<id of that event>`, ordered by customer. */
export const notification = defineAggregate('notification', 'notification', 'customer');

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
