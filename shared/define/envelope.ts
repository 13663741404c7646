import { z } from 'zod';

/** RFC 3339, UTC, exactly three fractional digits: instants then sort as text. */
const instant = z.iso.datetime({ precision: 3 });

const metadataSchema = z.object({
  /** The business operation that everything it set off shares, across contexts. */
  correlationId: z.string().min(1).max(200),
  /** The message that led to this event: an event's id, or a command's. */
  causationId: z.string().min(1).max(200),
  userId: z.string().max(200).optional(),
  sessionId: z.string().max(200).optional(),
  /** W3C trace id: 32 lower-case hex digits (Trace Context §3.2.2.3). */
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  schemaVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
});

export type Metadata = z.infer<typeof metadataSchema>;

/** The event envelope (EVT-01…03, C5) around a payload that its own definition checks. */
export const envelopeSchema = z.object({
  eventId: z.uuidv7(),
  eventType: z.string().regex(/^[A-Z][a-zA-Z]*Event$/),
  aggregateType: z.string().min(1).max(60),
  aggregateId: z.string().min(1).max(200),
  /** 1-based and without gaps in its aggregate. */
  sequence: z.int().min(1),
  occurredOn: instant,
  /** Schema major (EVT-07). */
  version: z.int().min(1),
  source: z.string().min(1).max(100),
  payload: z.unknown(),
  metadata: metadataSchema,
});

export interface EventEnvelope<Type extends string = string, Payload = unknown> {
  readonly eventId: string;
  readonly eventType: Type;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly sequence: number;
  readonly occurredOn: string;
  readonly version: number;
  readonly source: string;
  readonly payload: Payload;
  readonly metadata: Metadata;
}
