import { createHash } from 'node:crypto';
import type { Clock } from '../define/clock.ts';
import type { EventEnvelope, Metadata } from '../define/envelope.ts';
import type { NewEvent } from '../define/event.ts';

/** The instant at which tests happen. */
export const testTime = Date.parse('2026-03-01T12:00:00.000Z');

/** A UUIDv7 that is the same for the same seed: the same event, built twice, has one identity. */
export const testEventId = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `019ca000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};

/** A clock that stands still and counts its ids. */
export const fixedClock = (): Clock => {
  let ids = 0;
  return { now: () => new Date(testTime), newId: () => testEventId(`id ${(ids += 1)}`) };
};

interface Place {
  readonly aggregateId?: string;
  readonly sequence?: number;
  /** Unless told, the test time and a millisecond for each event before it. */
  readonly occurredOn?: string;
  readonly metadata?: Partial<Metadata>;
}

/**
 * A valid envelope around a new event, the same every time: aggregate `test-1`, sequence 1 unless told.
 * @param place where in its aggregate, and when, the event happened
 */
export const envelopeOf = <Type extends string, Payload>(
  { definition, payload }: NewEvent<Type, Payload>,
  { aggregateId = 'test-1', sequence = 1, occurredOn, metadata }: Place = {},
): EventEnvelope<Type, Payload> => ({
  eventId: testEventId(`${definition.aggregate.type}/${aggregateId}/${sequence}`),
  eventType: definition.type,
  aggregateType: definition.aggregate.type,
  aggregateId,
  sequence,
  occurredOn: occurredOn ?? new Date(testTime + sequence - 1).toISOString(),
  version: definition.version,
  source: definition.aggregate.context,
  payload,
  metadata: {
    correlationId: 'test-correlation',
    causationId: 'test-cause',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    schemaVersion: definition.schemaVersion,
    ...metadata,
  },
});

/** Envelopes around the events of one aggregate, in sequence from 1. */
export const envelopesOf = (aggregateId: string, events: readonly NewEvent[]): EventEnvelope[] =>
  events.map((event, i) => envelopeOf(event, { aggregateId, sequence: i + 1 }));
