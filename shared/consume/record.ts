import { envelopeSchema, type EventEnvelope } from '../define/envelope.ts';
import { publishes, type EventDefinition } from '../define/event.ts';
import { parse } from '../define/parse.ts';
import { causeOf } from '../errors/cause-of.ts';
import { classify } from '../errors/classify.ts';
import { PermanentError } from '../errors/mesh-error.ts';

/** A record as Lambda sends it. Key, value and headers may be missing, whatever the published types say. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Base64. */
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly Readonly<Record<string, readonly number[]>>[] | null;
}

/** What a record turns out to be for one consumer. `key` is the ordering key, as text. */
export type Decoded =
  | {
      readonly kind: 'event';
      readonly record: KafkaRecord;
      readonly key: string;
      readonly event: EventEnvelope;
    }
  /** A good record of a type that the consumer does not listen to; `known` when its context publishes that type. */
  | {
      readonly kind: 'not-for-me';
      readonly record: KafkaRecord;
      readonly eventType: string;
      readonly known: boolean;
    }
  | { readonly kind: 'bad'; readonly record: KafkaRecord; readonly error: unknown };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const text = (base64: string | null | undefined, what: string): string => {
  if (base64 === null || base64 === undefined) {
    throw new PermanentError(`no-${what}`, `the record has no ${what}`);
  }
  try {
    return utf8.decode(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw new PermanentError('not-utf-8', `the ${what} is not UTF-8`, { cause: error });
  }
};

const json = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new PermanentError('not-json', 'the value is not JSON', { cause: error });
  }
};

/**
 * A decoder for a consumer that listens to some kinds of events.
 *
 * A record of a listened type is checked whole: envelope, payload, and that it travels under its own ordering
 * key. What does not decode is `bad`: no retry can help it (CON-07).
 */
export const decoder = (listened: readonly EventDefinition[]): ((record: KafkaRecord) => Decoded) => {
  const byType = new Map(listened.map((definition) => [definition.type, definition]));
  const contexts = [...new Set(listened.map(({ aggregate }) => aggregate.context))];
  return (record) => {
    try {
      const key = text(record.key, 'key');
      const envelope = parse(envelopeSchema, json(text(record.value, 'value')), 'event envelope');
      const definition = byType.get(envelope.eventType);
      if (definition?.aggregate.type !== envelope.aggregateType) {
        return {
          kind: 'not-for-me',
          record,
          eventType: envelope.eventType,
          known: contexts.some((context) => publishes(context, envelope.eventType)),
        };
      }
      const expected = definition.aggregate.orderingKey(envelope.aggregateId);
      if (key !== expected) {
        throw new PermanentError(
          'wrong-key',
          `${envelope.aggregateId} travels under ${key} instead of ${expected}`,
        );
      }
      return { kind: 'event', record, key, event: definition.read(envelope) };
    } catch (error) {
      return { kind: 'bad', record, error: undecodable(error) };
    }
  };
};

/** Whatever stands in the way of decoding, also a fault in an upcaster, stands there on every delivery. */
const undecodable = (error: unknown): unknown =>
  classify(error) === 'permanent'
    ? error
    : new PermanentError('undecodable', `the record cannot be decoded: ${causeOf(error).message}`, {
        cause: error,
      });
