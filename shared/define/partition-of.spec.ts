import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, it } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

// org.apache.kafka.common.utils.UtilsTest, testMurmur2
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])("Kafka's own client hashes %s like that", (key, hash) => {
  expect(murmur2(key) | 0).toBe(hash);
});

it('finds the partition on which the publisher puts a key', () => {
  const choose = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionId,
        partitionErrorCode: 0,
        leader: 0,
        replicas: [],
        isr: [],
      }));
      expect(partitionOf(key, partitions)).toBe(
        choose({ topic: 't', partitionMetadata, message: { key, value: '' } }),
      );
    }),
  );
});
