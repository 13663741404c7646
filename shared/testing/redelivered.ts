import fc from 'fast-check';
import type { Delivery } from '../consume/consumer.ts';
import type { AggregateDefinition, NewEvent } from '../define/event.ts';
import { envelopesOf } from './envelope-of.ts';
import { deliveryOf } from './msk-event.ts';

export interface Redelivered {
  /** Each event once, key after key, in sequence. */
  readonly once: readonly Delivery[];
  /** The same as at-least-once delivery may bring it: keys interleaved, stretches repeated, cut into batches. */
  readonly batches: readonly (readonly Delivery[])[];
}

/** Cuts a list into pieces of these sizes, over and over. */
const cut = <T>(list: readonly T[], sizes: readonly number[]): T[][] => {
  const pieces: T[][] = [];
  for (let from = 0; from < list.length;) {
    const size = sizes[pieces.length % sizes.length] ?? 1;
    pieces.push(list.slice(from, from + size));
    from += size;
  }
  return pieces;
};

/**
 * Arbitrary deliveries of some aggregates' events as Kafka and Lambda may make them: never ahead of what was
 * delivered before (promise 2), and otherwise anyhow.
 * @param streams the events of each aggregate, by its id
 */
export const redelivered = (
  aggregate: AggregateDefinition,
  streams: fc.Arbitrary<Readonly<Record<string, readonly NewEvent[]>>>,
): fc.Arbitrary<Redelivered> =>
  fc
    .record({
      streams,
      stretches: fc.array(
        fc.record({ key: fc.nat(), from: fc.nat(), length: fc.integer({ min: 1, max: 4 }) }),
        {
          maxLength: 20,
        },
      ),
      sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 }),
    })
    .map(({ streams, stretches, sizes }) => {
      const logs = Object.entries(streams).map(([id, events]) =>
        envelopesOf(id, events).map((event) => deliveryOf(aggregate, event)),
      );
      const reached = logs.map(() => 0);
      const delivered: Delivery[] = [];
      const deliver = (key: number, from: number, to: number): void => {
        delivered.push(...(logs[key]?.slice(from, to) ?? []));
        reached[key] = Math.max(reached[key] ?? 0, Math.min(to, logs[key]?.length ?? 0));
      };
      for (const { key, from, length } of stretches) {
        const at = key % logs.length;
        const start = from % ((reached[at] ?? 0) + 1);
        deliver(at, start, start + length);
      }
      logs.forEach((log, key) => deliver(key, reached[key] ?? 0, log.length));
      return { once: logs.flat(), batches: cut(delivered, sizes) };
    });
