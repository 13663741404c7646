const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/**
 * The 32-bit murmur2 of Kafka's Java client (org.apache.kafka.common.utils.Utils), unsigned. The publisher has its
 * library's own, and is checked against this one.
 */
export const murmur2 = (key: string): number => {
  const bytes = Buffer.from(key);
  let hash = SEED ^ bytes.length;
  const whole = bytes.length - (bytes.length % 4);
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = bytes.subarray(whole);
  if (rest.length > 0) {
    hash ^= rest.reduce((sum, byte, i) => sum | (byte << (8 * i)), 0);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** The partition that Kafka's own clients give a key (C4). */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(key) & 0x7fffffff) % partitions;
