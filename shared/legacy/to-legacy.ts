import { z } from 'zod';
import type { EventEnvelope } from '../define/envelope.ts';
import { moneySchema, type Money } from '../define/money.ts';
import { toDecimal } from '../define/decimal-money.ts';

/** An event in the form of the legacy systems (source document 004, C5). */
export interface LegacyEvent {
  readonly eventId: string;
  /** `order.created`. */
  readonly eventType: string;
  /** MAJOR.MINOR.PATCH. */
  readonly eventVersion: string;
  readonly timestamp: string;
  /** `order-service`. */
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: {
    readonly correlationId: string;
    readonly causationId: string;
    readonly schemaVersion: string;
  };
}

/** What legacy systems call some of our fields. */
const LEGACY_NAMES: Readonly<Record<string, string>> = {
  lines: 'items',
  deliveryAddress: 'shippingAddress',
};

const money = moneySchema.strict();

/**
 * An event of the mesh as legacy systems know it: type in dots, amounts of money as decimals in major units beside
 * their `currency`, and what it is about by name (`orderId`) within its data. One-way: it carries no sequence.
 */
export const toLegacy = (event: EventEnvelope): LegacyEvent => {
  const { correlationId, causationId, schemaVersion } = event.metadata;
  return {
    eventId: event.eventId,
    eventType: legacyTypeOf(event.eventType),
    eventVersion: schemaVersion,
    timestamp: event.occurredOn,
    source: `${event.source}-service`,
    data: { ...subjectOf(event), ...dataOf(event.payload) },
    metadata: { correlationId, causationId, schemaVersion },
  };
};

/** `OrderItemAddedEvent` → `order.item-added`. Types are words without abbreviations (EVT-02), so none meet. */
const legacyTypeOf = (eventType: string): string => {
  const [first = '', ...rest] = eventType
    .replace(/Event$/, '')
    .split(/(?=[A-Z])/)
    .map((word) => word.toLowerCase());
  return rest.length === 0 ? first : `${first}.${rest.join('-')}`;
};

/** The aggregate by name, where the payload does not name it: `{orderId: …}`. */
const subjectOf = ({ aggregateType, aggregateId, payload }: EventEnvelope): Record<string, string> => {
  const named = record.safeParse(payload).data;
  if (named && Object.values(named).includes(aggregateId)) return {};
  const camel = aggregateType.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { [`${camel}Id`]: aggregateId };
};

const record = z.record(z.string(), z.unknown());

const dataOf = (payload: unknown): Readonly<Record<string, unknown>> => {
  const amounts: Money[] = [];
  const data = record.safeParse(translated(payload, amounts)).data ?? {};
  const [first] = amounts;
  return first ? { currency: first.currency, ...data } : data;
};

/** A value with legacy names and decimal amounts; `amounts` gathers the money that was met. */
const translated = (value: unknown, amounts: Money[]): unknown => {
  const amount = money.safeParse(value);
  if (amount.success) {
    amounts.push(amount.data);
    return toDecimal(amount.data);
  }
  if (Array.isArray(value)) return value.map((item) => translated(item, amounts));
  const fields = record.safeParse(value);
  if (!fields.success) return value;
  return Object.fromEntries(
    Object.entries(fields.data).map(([name, field]) => [
      Object.hasOwn(LEGACY_NAMES, name) ? (LEGACY_NAMES[name] ?? name) : name,
      translated(field, amounts),
    ]),
  );
};
