import { dynamoDeadLetters } from '../../../shared/consume/dynamo-dead-letters.ts';
import type { Publish } from '../../../shared/publish/kafka-publisher.ts';
import { relay } from '../../../shared/publish/relay.ts';
import { FUNCTION_TIMEOUT_MS, type Work } from './actor.ts';
import { Lane } from './lane.ts';
import { streamEvent, streamRecord } from './outbox.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** The stream of the event table, and the relay that it triggers. */
export const relaying = (world: World): Work => {
  const lane = new Lane(world.outbox);
  return {
    get ready() {
      return lane.open.length > 0;
    },
    back: (count) => lane.back(count),
    begin: (size) => {
      const batch = lane.take(size);
      const records = lane.items(batch).map((item, i) => streamRecord(item, batch[i] ?? 0));
      return {
        what: `commits ${batch.join(' ')}`,
        withinMs: FUNCTION_TIMEOUT_MS,
        run: async (process) => {
          const letters = dynamoDeadLetters(world.clientOf(process), world.tables.deadLetters, world.clock);
          const { batchItemFailures } = await relay(
            publishing(world, process),
            letters,
            'mesh-relay',
          )(streamEvent(records));
          // Lambda sends a stream's batch again from the first record that is reported.
          const reported = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
          const first = records.findIndex(({ dynamodb }) => reported.has(dynamodb?.SequenceNumber ?? ''));
          return () => lane.end(batch, new Set(first < 0 ? [] : batch.slice(first)));
        },
        failed: () => undefined,
      };
    },
  };
};

/** The port to the topics. Of a publish that fails, any first part may have arrived. */
const publishing =
  (world: World, process: Process): Publish =>
  (topic, messages) =>
    process.call(`publish ${messages.length} to ${topic}`, async (part) => {
      const arrived = part === 'half' ? messages.slice(0, messages.length >> 1) : messages;
      for (const log of [world.topic, world.rewards])
        if (log.name === topic) log.append(arrived, world.clock.now().getTime());
    });
