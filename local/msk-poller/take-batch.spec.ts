import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeBytes, eventPayload } from './event-payload.ts';
import { PartitionLane } from './partition-lane.ts';
import { encodeRecord } from './record.ts';
import { takeBatch, type BatchSlice } from './take-batch.ts';

const SOURCE = { eventSource: 'aws:kafka', eventSourceArn: 'arn', topic: 'bestellungen-ö' } as const;
const BROKERS = '127.0.0.1:9092';

function laneOf(partition: number, sizes: readonly number[], arrivedAt = 0): PartitionLane {
  const lane = new PartitionLane(partition);
  const records = sizes.map((size, offset) => {
    const record = { key: null, value: Buffer.alloc(size), timestamp: '0', offset: String(offset) };
    return encodeRecord(SOURCE.topic, partition, record, 'CREATE_TIME', arrivedAt + offset);
  });
  lane.append(records, sizes.length, sizes.length);
  return lane;
}

function payloadOf(slices: readonly BatchSlice[]): string {
  return eventPayload(
    SOURCE,
    BROKERS,
    slices.map(({ lane, records }) => ({ partition: lane.partition, records })),
  );
}

function offsetsOf(slices: readonly BatchSlice[]): [number, number[]][] {
  return slices.map(({ lane, records }) => [lane.partition, records.map(({ offset }) => offset)]);
}

const limits = (batchSize: number, maxBytes = 1_000_000) => ({
  topic: SOURCE.topic,
  batchSize,
  recordBytes: maxBytes - envelopeBytes(SOURCE, BROKERS),
});

describe('takeBatch', () => {
  it('fills a batch from several partitions, the longest-waiting record first', () => {
    const slices = takeBatch([laneOf(0, [1, 1], 50), laneOf(1, [1, 1], 10)], limits(3));
    expect(offsetsOf(slices)).toEqual([
      [1, [0, 1]],
      [0, [0]],
    ]);
  });

  it('takes nothing from a partition whose batch is still in flight', () => {
    const lane = laneOf(0, [1, 1, 1]);
    takeBatch([lane], limits(1));
    expect(takeBatch([lane], limits(1))).toEqual([]);
    lane.release();
    expect(offsetsOf(takeBatch([lane], limits(1)))).toEqual([[0, [1]]]);
  });

  it('returns a record that exceeds the payload alone, so that it can be reported', () => {
    const slices = takeBatch([laneOf(0, [5_000, 1]), laneOf(1, [1])], limits(10, 2_000));
    expect(offsetsOf(slices)).toEqual([[0, [0]]]);
    expect(Buffer.byteLength(payloadOf(slices))).toBeGreaterThan(2_000);
  });

  it('delivers every record once, in order per partition, within batch size and payload bytes', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(sizes, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 12 }),
        (partitions, batchSize) => {
          const maxBytes = 1_600; // the largest single record fits, few of them together do
          const lanes = partitions.map((values, partition) => laneOf(partition, values));
          const seen = partitions.map((): number[] => []);
          for (;;) {
            const slices = takeBatch(lanes, limits(batchSize, maxBytes));
            if (slices.length === 0) break;
            const payload = payloadOf(slices);
            expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(maxBytes);
            // event-payload.ts wrote it in this shape.
            const event = JSON.parse(payload) as {
              records: Record<string, { partition: number; offset: number }[]>;
            };
            const records = Object.values(event.records).flat();
            expect(records.length).toBeLessThanOrEqual(batchSize);
            for (const { partition, offset } of records) seen[partition]?.push(offset);
            for (const { lane } of slices) lane.release();
          }
          expect(seen).toEqual(partitions.map((values) => values.map((_size, offset) => offset)));
        },
      ),
    );
  });
});

describe('eventPayload', () => {
  it('keys the records by topic and partition beside the source, its ARN and the brokers', () => {
    expect(JSON.parse(payloadOf(takeBatch([laneOf(4, [0])], limits(1))))).toMatchObject({
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn',
      bootstrapServers: BROKERS,
      records: { 'bestellungen-ö-4': [{ partition: 4, offset: 0, value: '' }] },
    });
  });
});
