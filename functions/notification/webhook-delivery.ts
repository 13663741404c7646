import { z } from 'zod';
import type { Aggregate } from '../../shared/decide/aggregate.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import {
  webhookDelivery as definition,
  WebhookDelivered,
  WebhookDue,
  WebhookRefused,
  type WebhookDeliveryEvent,
} from './events.ts';

type DeliveryState = { readonly event: EventEnvelope } | undefined;

/** A message that is due: an event for a webhook, the first time or as part of a replay. */
export interface Due {
  readonly webhookId: string;
  readonly event: EventEnvelope;
  readonly replayId?: string | undefined;
}

/** How sending a message ended. `gone`: the subscriber wants no more of them. */
export type Posted =
  | { readonly outcome: 'delivered'; readonly status: number }
  | { readonly outcome: 'refused' | 'gone'; readonly status?: number; readonly reason: string };

export const webhookDelivery: Aggregate<DeliveryState, WebhookDeliveryEvent> = {
  definition,
  initial: undefined,
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'WebhookDueEvent':
        return { event: event.payload.event };
      case 'WebhookDeliveredEvent':
      case 'WebhookRefusedEvent':
        return state;
    }
  },
};

/** By what a subscriber tells messages apart: a replay is another message, or it would be taken for a repetition. */
export const messageIdOf = ({ event, replayId }: Due): string =>
  replayId === undefined ? event.eventId : `${event.eventId}_${replayId}`;

const uuid = z.uuid();

/**
 * An event as it leaves the mesh: who acted, and in which session, is nobody's business outside. A cause that is a
 * command names its caller (`<caller>/<Idempotency-Key>`): outside it is a UUID that follows from that name, so events
 * of one cause still have one cause. Of an event that is so already it changes nothing.
 */
export const forSubscribers = (event: EventEnvelope): EventEnvelope => {
  const { correlationId, causationId: cause, traceId, schemaVersion } = event.metadata;
  const causationId = uuid.safeParse(cause).success ? cause : uuidFrom(cause);
  return { ...event, metadata: { correlationId, causationId, traceId, schemaVersion } };
};

/** An event becomes due once, however often it comes. */
export const makeDue = (state: DeliveryState, webhookId: string, event: EventEnvelope): NewEvent[] =>
  state ? [] : [WebhookDue.of({ webhookId, event: forSubscribers(event) })];

/** What was due once is due again. */
export const replayDelivery = (state: DeliveryState, webhookId: string, replayId: string): NewEvent[] =>
  state ? [WebhookDue.of({ webhookId, event: state.event, replayId })] : [];

const MAX_REASON = 300;

export const recordPosted = (due: Due, posted: Posted): NewEvent[] => {
  const { webhookId, event } = due;
  const message = { webhookId, eventId: event.eventId, messageId: messageIdOf(due) };
  if (posted.outcome === 'delivered') return [WebhookDelivered.of({ ...message, status: posted.status })];
  const { status, reason } = posted;
  return [
    WebhookRefused.of({
      ...message,
      ...(status !== undefined && { status }),
      reason: reason.slice(0, MAX_REASON),
    }),
  ];
};
