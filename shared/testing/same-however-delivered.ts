import fc from 'fast-check';
import { expect } from 'vitest';
import type { EventEnvelope } from '../define/envelope.ts';
import { projecting } from '../project/projecting.ts';
import type { Projection } from '../project/projection.ts';
import { anyDeliveries } from './any-deliveries.ts';
import { memoryProjectionStore } from './memory-projection-store.ts';

/**
 * Expects a view to come out the same however its events are mixed, repeated and batched, with every one of them applied
 * or known already (promises 3 and 7).
 * @param streams the events of each aggregate, in sequence
 * @param orderingKey the key of an aggregate's records: its id unless told
 */
export const expectSameHoweverDelivered = async <Doc>(
  projection: Projection<Doc>,
  streams: readonly (readonly EventEnvelope[])[],
  orderingKey: (aggregateId: string) => string = (id) => id,
): Promise<void> => {
  const inOrder = memoryProjectionStore();
  const empty = inOrder.snapshot();
  await projecting(projection, inOrder).process(
    streams.flat().map((event) => ({ key: orderingKey(event.aggregateId), event })),
  );
  expect(inOrder.snapshot()).not.toBe(empty);
  await fc.assert(
    fc.asyncProperty(anyDeliveries(streams, orderingKey), async (batches) => {
      const store = memoryProjectionStore();
      for (const batch of batches) {
        const verdicts = await projecting(projection, store).process(batch);
        expect(verdicts.filter(({ kind }) => kind !== 'applied' && kind !== 'duplicate')).toEqual([]);
      }
      expect(store.snapshot()).toBe(inOrder.snapshot());
    }),
  );
};
