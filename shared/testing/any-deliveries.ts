import fc from 'fast-check';
import type { Delivery } from '../consume/consumer.ts';
import type { EventEnvelope } from '../define/envelope.ts';

const MAX_STEP_BACK = 4;

/**
 * Batches as an at-least-once topic may deliver them: each aggregate's events in order and none left out, the
 * aggregates interleaved anyhow, and any stretch delivered again at any time.
 * @param streams the events of each aggregate, in sequence
 */
export const anyDeliveries = (
  streams: readonly (readonly EventEnvelope[])[],
  orderingKey: (aggregateId: string) => string = (id) => id,
): fc.Arbitrary<Delivery[][]> => {
  const total = streams.flat().length;
  const step = fc.record({ stream: fc.nat(streams.length - 1), back: fc.nat(MAX_STEP_BACK) });
  return fc
    .record({ steps: fc.array(step, { maxLength: 3 * total }), size: fc.integer({ min: 1, max: total }) })
    .map(({ steps, size }) => {
      const rest = streams.flatMap((events, stream) => events.map(() => ({ stream, back: 0 })));
      return batchesOf(deliver(streams, [...steps, ...rest]), size).map((batch) =>
        batch.map((event) => ({ key: orderingKey(event.aggregateId), event })),
      );
    });
};

/** Each step goes on with a stream; one with `back` first goes back that far, as a consumer that crashed does. */
const deliver = (
  streams: readonly (readonly EventEnvelope[])[],
  steps: readonly { readonly stream: number; readonly back: number }[],
): EventEnvelope[] => {
  const done = streams.map(() => 0);
  return steps.flatMap(({ stream, back }) => {
    const from = Math.max(0, (done[stream] ?? 0) - back);
    const event = streams[stream]?.[from];
    if (!event) return [];
    done[stream] = Math.max(done[stream] ?? 0, from + 1);
    return [event];
  });
};

const batchesOf = (events: readonly EventEnvelope[], size: number): EventEnvelope[][] =>
  Array.from({ length: Math.ceil(events.length / size) }, (_, i) => events.slice(i * size, (i + 1) * size));
