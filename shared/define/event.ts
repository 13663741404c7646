import { z } from 'zod';
import { PermanentError } from '../errors/mesh-error.ts';
import type { EventEnvelope } from './envelope.ts';
import { parse } from './parse.ts';
import { topicOf, type ContextName } from './topics.ts';

/** An event that an aggregate decided on and that has no place in a stream yet. */
export interface NewEvent<Type extends string = string, Payload = unknown> {
  readonly definition: EventDefinition<Type, Payload>;
  readonly payload: Payload;
}

/** One kind of event, stated once: types, JSON Schema, topic and routing follow from it (EVT-04). */
export interface EventDefinition<Type extends string = string, Payload = unknown> {
  readonly type: Type;
  readonly aggregate: AggregateDefinition;
  /** Schema major. */
  readonly version: number;
  /** Full semantic version of the schema. */
  readonly schemaVersion: string;
  readonly schema: z.ZodType<Payload>;
  /** A new event of this kind. */
  of(payload: Payload): NewEvent<Type, Payload>;
  /** Whether an envelope carries this kind of event. */
  is(event: EventEnvelope): event is EventEnvelope<Type, Payload>;
  /**
   * The envelope with its payload lifted to this version and checked.
   * @throws SchemaViolation, or PermanentError `unsupported-version` for a version from the future
   */
  read(event: EventEnvelope): EventEnvelope<Type, Payload>;
}

/** The events that an envelope can be, as a union, for an exhaustive `switch` on `eventType`. */
export type EventOf<D> =
  D extends EventDefinition<infer Type, infer Payload> ? EventEnvelope<Type, Payload> : never;

interface EventOptions {
  readonly version: number;
  /** `minor.patch` of the schema within its major; `0.0` unless told. */
  readonly revision?: string;
  /** For each older major: lifts its payload to the next (EVT-09). */
  readonly upcast?: Readonly<Record<number, (payload: unknown) => unknown>>;
}

export interface AggregateDefinition {
  readonly type: string;
  readonly context: ContextName;
  readonly topic: string;
  /**
   * The event table's partition key and the Kafka key of an aggregate's events (IDM-04, C3).
   * Always computable from the id alone.
   */
  readonly orderingKey: (aggregateId: string) => string;
  /** Every kind of event of this aggregate, by type. */
  readonly events: ReadonlyMap<string, EventDefinition>;
  event<Type extends `${string}Event`, Schema extends z.ZodType>(
    type: Type,
    schema: Schema,
    options: EventOptions,
  ): EventDefinition<Type, z.output<Schema>>;
}

/** Divides the id of what an aggregate belongs to from the rest of the aggregate's id. */
const OWNER_SEPARATOR = '.';

/** The id of an aggregate whose events stay in the order of its owner, a customer or a webhook: `<owner>.<rest>`. */
export const idWithin = (owner: string, rest: string): string => `${owner}${OWNER_SEPARATOR}${rest}`;

/** The owner's part of such an id. */
const ownerOf = (aggregateId: string): string => {
  const end = aggregateId.indexOf(OWNER_SEPARATOR);
  return end < 0 ? aggregateId : aggregateId.slice(0, end);
};

/** An aggregate id that keeps its events in its customer's order (IDM-04): `<customerId>.<rest>`. */
export const idWithinCustomer = (customerId: string, rest: string): string => idWithin(customerId, rest);

/** The customer's part of such an id. */
export const customerOf = (aggregateId: string): string => ownerOf(aggregateId);

const isDefinition = (value: unknown): value is EventDefinition =>
  typeof value === 'object' && value !== null && 'aggregate' in value && 'schemaVersion' in value;

/** Every kind of event that contracts declare, each contract's by type; it is the module of a context's `events.ts`. */
export const eventsIn = (...contracts: readonly object[]): readonly EventDefinition[] =>
  contracts.flatMap((contract) =>
    Object.values(contract)
      .filter(isDefinition)
      .sort((a, b) => (a.type < b.type ? -1 : 1)),
  );

/** The types of events each context publishes: complete once its `events.ts` is loaded, which declares them all. */
const publishedBy = new Map<ContextName, Set<string>>();

/** Whether a context publishes events of a type, whichever of its aggregates they are of. */
export const publishes = (context: ContextName, eventType: string): boolean =>
  publishedBy.get(context)?.has(eventType) ?? false;

/**
 * Declares an aggregate: the owner of a sequence of events.
 * @param orderedBy `aggregate` (the default) keys events by the aggregate's id, `owner` by the part of it before the
 *   first dot: the customer of an order, the webhook of a delivery
 */
export const defineAggregate = (
  context: ContextName,
  type: string,
  orderedBy: 'aggregate' | 'owner' = 'aggregate',
): AggregateDefinition => {
  const events = new Map<string, EventDefinition>();
  const aggregate: AggregateDefinition = {
    type,
    context,
    topic: topicOf(context),
    orderingKey: orderedBy === 'owner' ? ownerOf : (id) => id,
    events,
    event: (eventType, schema, options) => {
      if (events.has(eventType))
        throw new PermanentError('event-defined-twice', `${eventType} is defined twice`);
      const definition = defineEvent(aggregate, eventType, schema, options);
      // The registry forgets the payload's type; `read` gives it back at run time.
      events.set(eventType, definition);
      publishedBy.set(context, (publishedBy.get(context) ?? new Set()).add(eventType));
      return definition;
    },
  };
  return aggregate;
};

const defineEvent = <Type extends string, Schema extends z.ZodType>(
  aggregate: AggregateDefinition,
  type: Type,
  schema: Schema,
  { version, revision = '0.0', upcast = {} }: EventOptions,
): EventDefinition<Type, z.output<Schema>> => {
  // Zod types the output of a generic schema as unknown; `z.output<Schema>` is that very type.
  const output = schema as unknown as z.ZodType<z.output<Schema>>;
  const lift = (event: EventEnvelope): unknown => {
    if (event.version > version) {
      throw new PermanentError(
        'unsupported-version',
        `${type} v${event.version} is newer than v${version}, the newest known here`,
      );
    }
    let payload = event.payload;
    for (let major = event.version; major < version; major += 1) {
      const step = upcast[major];
      if (!step) throw new PermanentError('unsupported-version', `${type} v${major} has no upcaster`);
      payload = step(payload);
    }
    return payload;
  };
  return {
    type,
    aggregate,
    version,
    schemaVersion: `${version}.${revision}`,
    schema: output,
    of(payload) {
      return { definition: this, payload };
    },
    is: (event): event is EventEnvelope<Type, z.output<Schema>> =>
      event.eventType === type && event.aggregateType === aggregate.type,
    read: (event) => ({
      ...event,
      eventType: type,
      version,
      payload: parse(output, lift(event), `${type} v${event.version}`),
    }),
  };
};

/**
 * The JSON Schema (draft-07, C7) of an event's payload. It is open: a field that a later minor version adds is
 * ignored by those who do not know it yet (promise 8).
 */
export const payloadJsonSchema = (definition: EventDefinition): object =>
  z.toJSONSchema(definition.schema, { target: 'draft-7', io: 'input' });
