import { auditMessage, deadLetterNotice } from '../../functions/mesh/dead-letters/dead-letter-message.ts';
import type { EventDefinition } from '../../shared/define/event.ts';
import { kafkaMessage, type KafkaMessage } from '../../shared/publish/kafka-message.ts';

const AT = '2020-01-01T00:00:00.000Z';
const NO_ID = '00000000-0000-7000-8000-000000000000';

/** The headers that the code writes, by writing one; `fixed` are those that are the same in every such message. */
const schemaOf = ({ headers }: KafkaMessage, fixed: Readonly<Record<string, string>> = {}) => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.keys(headers).map((name) => [
      name,
      { type: 'string', ...(fixed[name] !== undefined && { const: fixed[name] }) },
    ]),
  ),
  required: Object.keys(headers),
});

/** CloudEvents' and W3C Trace Context's headers of an event's record. */
export const eventHeaders = ({ type, aggregate, version, schemaVersion }: EventDefinition) => {
  const metadata = { correlationId: '-', causationId: '-', traceId: '0'.repeat(32), schemaVersion };
  const identity = { eventId: NO_ID, eventType: type, aggregateType: aggregate.type, aggregateId: '-' };
  const envelope = { ...identity, sequence: 1, occurredOn: AT, version, source: aggregate.context };
  return schemaOf(kafkaMessage({ ...envelope, payload: {}, metadata }, '-'), {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_type: type,
  });
};

/** Where a dead letter came from and why it is one; beside these a record's own headers stay what they were. */
export const deadLetterHeaders = () => {
  const { required, properties, ...rest } = schemaOf(
    deadLetterNotice({
      letterId: NO_ID,
      consumer: '-',
      consumerKey: '-',
      position: '-',
      status: 'parked',
      parkedAt: AT,
      functionName: '-',
      topic: '-',
      partition: 0,
      offset: '0',
      timestamp: 0,
      key: null,
      cause: { name: '-', code: '-', message: '-', stack: '-' },
      attempts: 1,
      firstFailedAt: AT,
      lastFailedAt: AT,
    }),
  );
  // Only a record that is too large for the topic leaves its value out, and says so.
  return { ...rest, properties, required: required.filter((name) => name !== 'dlq_value') };
};

/** CloudEvents' headers of an operator's action. */
export const auditMessageHeaders = () =>
  schemaOf(auditMessage({ auditId: NO_ID, at: AT, by: '-', action: 'redrive-requested', target: '-' }), {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_source: 'mesh',
  });
