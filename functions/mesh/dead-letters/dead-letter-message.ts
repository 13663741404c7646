import type { AuditEntry } from './audit-trail.ts';
import type { Letter, WholeLetter } from './letter.ts';
import type { HeaderValue, KafkaMessage } from '../../../shared/publish/kafka-message.ts';

/** A header is for routing and reading; the whole message stands in the table. */
const MAX_HEADER_CHARACTERS = 1_000;

/**
 * A letter as the record of a dead-letter topic (CON-09, CON-10): key, value and headers are the record's own,
 * byte for byte; where it came from and why it is here stands in headers `dlq_…`.
 */
export const deadLetterMessage = (letter: WholeLetter): KafkaMessage => ({
  key: bytesOf(letter.key),
  value: bytesOf(letter.value),
  headers: { ...headersOf(letter.headers), ...aboutOf(letter) },
});

/** The same without its value, for a topic that does not take so large a record. */
export const deadLetterNotice = (letter: Letter & Pick<WholeLetter, 'key'>): KafkaMessage => ({
  key: bytesOf(letter.key),
  value: null,
  headers: { ...aboutOf(letter), dlq_value: 'left out, too large: the letter has it' },
});

/** An operator's action as the record of the security topic, with CloudEvents headers (SEC-03, SEC-09). */
export const auditMessage = (entry: AuditEntry): KafkaMessage => ({
  key: entry.target,
  value: JSON.stringify(entry),
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: entry.auditId,
    ce_type: `mesh.dead-letters.${entry.action}`,
    ce_source: 'mesh',
    ce_time: entry.at,
  },
});

const bytesOf = (base64: string | null): Buffer | null =>
  base64 === null ? null : Buffer.from(base64, 'base64');

/** Kafka's headers are a list, in which a name may stand more than once. */
const headersOf = (headers: WholeLetter['headers']): KafkaMessage['headers'] => {
  const byName = new Map<string, HeaderValue[]>();
  for (const [name, bytes] of headers.flatMap((each) => Object.entries(each)))
    byName.set(name, [...(byName.get(name) ?? []), Buffer.from(bytes)]);
  return Object.fromEntries(
    [...byName].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]),
  );
};

const aboutOf = (letter: Letter): Readonly<Record<string, string>> => ({
  dlq_letter_id: letter.letterId,
  dlq_consumer: letter.consumer,
  dlq_status: letter.status,
  dlq_topic: letter.topic,
  dlq_partition: String(letter.partition),
  dlq_offset: letter.offset,
  dlq_timestamp: String(letter.timestamp),
  dlq_cause: letter.cause.code,
  dlq_message: letter.cause.message.slice(0, MAX_HEADER_CHARACTERS),
  dlq_attempts: String(letter.attempts),
  dlq_first_failed_at: letter.firstFailedAt,
  dlq_last_failed_at: letter.lastFailedAt,
});
