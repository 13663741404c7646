import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../define/envelope.ts';
import { Opened } from '../testing/account.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { kafkaMessage } from './kafka-message.ts';

const event = envelopeOf(Opened.of({ owner: 'Zoë 🚀' }), { aggregateId: 'ada.7' });

describe('an event as a Kafka record', () => {
  const { key, value, headers } = kafkaMessage(event, 'ada');

  it('travels under its ordering key', () => {
    expect(key).toBe('ada');
  });

  it('is the envelope as JSON', () => {
    expect(envelopeSchema.parse(JSON.parse(value))).toEqual(event);
  });

  it('repeats its identity in CloudEvents headers', () => {
    expect(headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_type: 'OpenedEvent',
      ce_source: 'payment',
      ce_time: event.occurredOn,
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
    });
  });
});

/** kafkajs does not export its murmur2; the partition of a key shows it. Values: Kafka's own UtilsTest. */
describe('the partitioner', () => {
  const partition = Partitioners.DefaultPartitioner();

  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('puts %s where a Java client puts it', (key, murmur2) => {
    for (const partitions of [12, 97, 1_000_003]) {
      // Kafka's Utils.toPositive: the sign bit is cut off.
      const expected = (murmur2 & 0x7fffffff) % partitions;
      const message = { key, value: null };
      const partitionMetadata = new Array<never>(partitions);
      expect(partition({ topic: 't', partitionMetadata, message })).toBe(expected);
    }
  });
});
