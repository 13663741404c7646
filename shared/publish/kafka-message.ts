import type { EventEnvelope } from '../define/envelope.ts';

/** One record for Kafka, before it has a partition: texts travel as UTF-8, bytes as they are. */
export interface KafkaMessage {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  /** Kafka allows a header more than once: its values then, in order. */
  readonly headers: Readonly<Record<string, HeaderValue | HeaderValue[]>>;
}

export type HeaderValue = string | Buffer;

/** A record that carries an event. */
export interface EventMessage extends KafkaMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * An event as a Kafka record: the envelope as JSON value, the ordering key as key, and the identity again in
 * headers (CloudEvents 1.0 Kafka binding, W3C Trace Context) so that a tool can route without parsing.
 */
export const kafkaMessage = (event: EventEnvelope, orderingKey: string): EventMessage => ({
  key: orderingKey,
  value: JSON.stringify(event),
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.eventId,
    ce_type: event.eventType,
    ce_source: event.source,
    ce_time: event.occurredOn,
    traceparent: traceparent(event),
  },
});

/** The event is its own span: the random half of its UUIDv7 serves as the 8-byte parent id. */
const traceparent = ({ eventId, metadata: { traceId } }: EventEnvelope): string =>
  `00-${traceId}-${eventId.replaceAll('-', '').slice(16)}-01`;
