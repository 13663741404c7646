import { randomUUID } from 'node:crypto';
import { releaseOnCancel } from '../../../functions/inventory/policies/release-on-cancel.ts';
import { notify } from '../../../functions/notification/policies/notify.ts';
import {
  OrderCancelled,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
} from '../../../functions/order/events.ts';
import { startSaga } from '../../../functions/order/policies/start-saga.ts';
import { orderSummary } from '../../../functions/order/projections/order-summary.ts';
import { line } from '../../../local/scenarios/shop.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { idWithinCustomer, type NewEvent } from '../../../shared/define/event.ts';
import { partitionOf } from '../../../shared/define/partition-of.ts';
import { kafkaMessage } from '../../../shared/publish/kafka-message.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import type { ForeignRecord } from './foreign-records.ts';

export const TOPIC = 'business-events-orders';
const PARTITIONS = 12;

/** Who listens to the topic, under which consumer group. */
export const consumers = [
  { consumer: orderSummary, group: 'order-project-summary-consumer-group' },
  { consumer: startSaga, group: 'order-start-saga-consumer-group' },
  { consumer: releaseOnCancel, group: 'inventory-release-on-cancel-consumer-group' },
  { consumer: notify, group: 'notification-notify-orders-consumer-group' },
];
export const everyone = consumers.map(({ consumer }) => consumer.name);
const listenersTo = (eventType: string): string[] =>
  consumers
    .filter(({ consumer }) => consumer.listens.some(({ type }) => type === eventType))
    .map(({ consumer }) => consumer.name);

/** A customer whose records are all good. */
export const ada = randomUUID();
export const partition = partitionOf(ada, PARTITIONS);
/** Another customer, whose key lives on the same partition. A bad record holds its key, so each has one of its own. */
const neighbour = (): string => {
  for (;;) {
    const id = randomUUID();
    if (partitionOf(id, PARTITIONS) === partition) return id;
  }
};
/** The customer of an order that is good, then bad, then good again. */
export const bob = neighbour();

const orderOf = (customerId: string): string => idWithinCustomer(customerId, randomUUID());
export const event = (of: NewEvent, aggregateId: string, sequence = 1): EventEnvelope => ({
  ...envelopeOf(of, { aggregateId, sequence, occurredOn: new Date().toISOString() }),
  eventId: systemClock.newId(),
});
const created = (customerId: string) => OrderCreated.of({ customerId, currency: 'EUR' });

/** An event as the relay would write it, or as somebody who got something wrong did. */
const record = (
  envelope: EventEnvelope | object,
  key: string,
  changes: Partial<ForeignRecord> = {},
): ForeignRecord => ({
  key: Buffer.from(key),
  value: Buffer.from(JSON.stringify(envelope)),
  ...changes,
});
const bytesOf = (headers: Readonly<Record<string, string>>): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));

export const good = (envelope: EventEnvelope, key: string): ForeignRecord => {
  const { value, headers } = kafkaMessage(envelope, key);
  return { key: Buffer.from(key), value: Buffer.from(value), headers: bytesOf(headers) };
};

/** 0, the largest and the smallest signed byte, and −1 as Java has it. */
const BYTES = Buffer.from([0x00, 0x7f, 0x80, 0xff]);
export const gapped = orderOf(bob);
/** An order of the same customer that comes in another batch. */
export const lateOrder = orderOf(bob);
/** Orders that the bad records must not touch. */
export const intact = [orderOf(ada), orderOf(ada), orderOf(ada)] as const;
const oddLine = { sku: 'sku-1', quantity: -1, unitPrice: { amount: 1, currency: 'EUR' } };
const addItem = (sku: string) => OrderItemAdded.of({ line: line(sku, 1) });
const withPayload = (of: NewEvent, aggregateId: string, sequence: number, payload: unknown): object => ({
  ...event(of, aggregateId, sequence),
  payload,
});
/** A bad record under the key of a customer of its own. */
const under = (make: (customer: string) => ForeignRecord): ForeignRecord => make(neighbour());
const cancelled = (customerId: string) => OrderCancelled.of({ customerId, reason: 'x', lines: [] });
const torso = (customerId: string): object => {
  const { metadata: _, sequence: __, ...rest } = event(created(customerId), orderOf(customerId));
  return rest;
};

/** A record that no retry can help. */
interface Bad {
  readonly what: string;
  readonly record: ForeignRecord;
  readonly code: string;
  /** The consumers that must set it aside; for the others it is none of theirs, or good. */
  readonly parkedBy: readonly string[];
}
const bad = (what: string, code: string, parkedBy: readonly string[], foreign: ForeignRecord): Bad => ({
  what,
  code,
  parkedBy,
  record: foreign,
});
/** A value that no consumer can read. */
const bytes = (value: Buffer | null, headers: Readonly<Record<string, Buffer>> = {}): ForeignRecord =>
  under((customer) => record({}, customer, { value, headers }));

/** Each with the code of why it is set aside, in the order in which they lie in the partition. */
export const badRecords: readonly Bad[] = [
  bad('text', 'not-json', everyone, bytes(Buffer.from('order created'))),
  bad('no bytes at all', 'not-json', everyone, bytes(Buffer.alloc(0))),
  bad('invalid UTF-8', 'not-utf-8', everyone, bytes(Buffer.from([0x7b, 0xc3, 0x28, 0x7d]))),
  bad(
    'a key that is not UTF-8',
    'not-utf-8',
    everyone,
    record(event(created(ada), orderOf(ada)), '', { key: Buffer.from([0xff, 0xfe]) }),
  ),
  bad('no key', 'no-key', everyone, record(event(created(ada), orderOf(ada)), '', { key: null })),
  bad('a null value', 'no-value', everyone, bytes(null)),
  bad(
    'JSON that is no object',
    'schema-violation',
    everyone,
    under((customer) => record([1, 2], customer)),
  ),
  bad(
    'an envelope without sequence and metadata',
    'schema-violation',
    everyone,
    under((customer) => record(torso(customer), customer)),
  ),
  bad(
    'headers with negative bytes on what is not JSON',
    'not-json',
    everyone,
    bytes(Buffer.from('{'), { odd: BYTES, none: Buffer.alloc(0) }),
  ),
  bad(
    'another key than its own',
    'wrong-key',
    listenersTo(OrderCreated.type),
    under((customer) => record(event(created(ada), orderOf(ada)), customer)),
  ),
  bad(
    'an event from the future',
    'unsupported-version',
    listenersTo(OrderCreated.type),
    under((customer) => record({ ...event(created(customer), orderOf(customer)), version: 99 }, customer)),
  ),
  bad(
    'a cancellation that breaks its schema',
    'schema-violation',
    listenersTo(OrderCancelled.type),
    under((customer) =>
      record(withPayload(cancelled(customer), orderOf(customer), 1, { customerId: customer }), customer),
    ),
  ),
  bad(
    'a submission that breaks its schema',
    'schema-violation',
    listenersTo(OrderSubmitted.type),
    under((customer) =>
      record(
        { ...event(cancelled(customer), orderOf(customer)), eventType: OrderSubmitted.type, payload: {} },
        customer,
      ),
    ),
  ),
  bad(
    'a payload that breaks its schema, in the middle of an order',
    'schema-violation',
    listenersTo(OrderItemAdded.type),
    record(withPayload(addItem('sku-2'), gapped, 2, { line: oddLine }), bob),
  ),
  bad(
    'a good event behind a parked one of its key',
    'behind',
    [orderSummary.name],
    good(event(addItem('sku-3'), gapped, 3), bob),
  ),
];
export const UNKNOWN_TYPE = 'OrderTeleportedEvent';
const unknownType = record({ ...event(created(ada), orderOf(ada)), eventType: UNKNOWN_TYPE }, ada);
const unknownAggregate = record({ ...event(created(ada), orderOf(ada)), aggregateType: 'basket' }, ada);
const [firstOrder, secondOrder, lastOrder] = intact;

/** All of one partition, in order: good ones before, between and behind the bad ones. */
export const records: readonly ForeignRecord[] = [
  { ...good(event(created(ada), firstOrder), ada), headers: { odd: BYTES } },
  good(event(created(bob), gapped), bob),
  ...badRecords.slice(0, 6).map((b) => b.record),
  good(event(created(ada), secondOrder), ada),
  unknownType,
  unknownAggregate,
  ...badRecords.slice(6).map((b) => b.record),
  good(event(created(ada), lastOrder), ada),
];
