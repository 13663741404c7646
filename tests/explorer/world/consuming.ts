import { FUNCTION_TIMEOUT_MS, type Work } from './actor.ts';
import { Lane } from './lane.ts';
import type { Process } from './process.ts';
import { consumerIn, type ConsumerFunction } from '../subjects/consumer-in.ts';
import type { World } from './world.ts';

/** A partition of the topic, its event source mapping, and the consumer function behind it. */
export const consuming = (world: World, partition: number): Work => {
  const lane = new Lane(world.topic.partitions[partition] ?? []);
  const { subject, redelivery } = world.schedule;
  // A warm process keeps what it remembers from one invocation to the next.
  const warm = new WeakMap<Process, ConsumerFunction>();
  const functionIn = (process: Process): ConsumerFunction => {
    const known = warm.get(process) ?? consumerIn(subject, process, world.clientOf(process), world);
    warm.set(process, known);
    return known;
  };
  return {
    get ready() {
      return lane.open.length > 0;
    },
    back: (count) => lane.back(count),
    begin: (size) => {
      const batch = lane.take(size);
      return {
        what: `offsets ${batch.join(' ')}`,
        withinMs: FUNCTION_TIMEOUT_MS,
        run: async (process, deadline) => {
          const event = world.topic.event(partition, lane.items(batch));
          const { batchItemFailures } = await functionIn(process)(event, world.contextUntil(deadline));
          const reported = new Set(batchItemFailures.map(({ itemIdentifier: { offset } }) => offset));
          const first = Math.min(...reported);
          const failed =
            redelivery === 'reported' ? reported : new Set(batch.filter((offset) => offset >= first));
          return () => lane.end(batch, failed);
        },
        failed: () => undefined,
      };
    },
  };
};
