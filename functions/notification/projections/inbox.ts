import { init, projection } from '../../../shared/project/projection.ts';
import { NotificationFailed, NotificationSent } from '../events.ts';

export interface InboxEntry {
  readonly notificationId: string;
  readonly kind: string;
  readonly status: 'sent' | 'failed';
  readonly subject?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** When it was sent, or failed. */
  readonly at: string;
}

/**
 * What a customer was told. Entries are in the order of what they are about: an id ends in its cause's UUIDv7,
 * which begins with the time (RFC 9562), so the order needs nothing but the event itself.
 */
export const inbox = projection<InboxEntry>('notification.inbox', [
  init(NotificationSent, ({ aggregateId, payload: { kind, subject }, occurredOn }) => ({
    notificationId: aggregateId,
    kind,
    status: 'sent',
    subject,
    at: occurredOn,
  })),
  init(NotificationFailed, ({ aggregateId, payload: { kind, reason }, occurredOn }) => ({
    notificationId: aggregateId,
    kind,
    status: 'failed',
    reason,
    at: occurredOn,
  })),
]);
