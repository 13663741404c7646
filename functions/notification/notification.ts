import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import {
  notification as definition,
  NotificationFailed,
  NotificationSent,
  type NotificationEvent,
} from './events.ts';
import type { Message } from './policies/notify.ts';

/** A notification's life is one event: it was sent, or it failed. */
type NotificationState = { readonly status: 'none' | 'sent' | 'failed' };

/** How telling a customer ended. `muted`: they did not want to hear it. */
export type Told =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'muted' }
  | { readonly outcome: 'failed'; readonly reason: string };

export const notification: Aggregate<NotificationState, NotificationEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (_, { eventType }) => {
    switch (eventType) {
      case 'NotificationSentEvent':
        return { status: 'sent' };
      case 'NotificationFailedEvent':
        return { status: 'failed' };
    }
  },
};

/** Records how a notification ended, once. What nobody wanted to hear leaves no trace. */
export const recordTold = ({ status }: NotificationState, message: Message, told: Told): NewEvent[] => {
  if (status !== 'none') return [];
  const { customerId, kind, subject, causeEventId } = message;
  switch (told.outcome) {
    case 'sent':
      return [NotificationSent.of({ customerId, kind, subject, causeEventId })];
    case 'failed':
      return [NotificationFailed.of({ customerId, kind, reason: told.reason.slice(0, 500), causeEventId })];
    case 'muted':
      return [];
  }
};
