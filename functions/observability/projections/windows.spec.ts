import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { EventDefinition } from '../../../shared/define/event.ts';
import { topics } from '../../../shared/define/topics.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { totalsOf } from '../minute-totals.ts';
import { watchedEvents } from '../watched-events.ts';
import { minuteOf, SHARDS, windows, type Window } from './windows.ts';

const minutes = ['2026-03-01T11:59:00.000Z', '2026-03-01T12:00:00.000Z'];

/** An event whose payload nobody may look at. */
const sealed = (definition: EventDefinition, place: Parameters<typeof envelopeOf>[1]): EventEnvelope =>
  Object.defineProperty(envelopeOf(definition.of({}), place), 'payload', {
    get: () => expect.unreachable('a payload may hold personal data'),
  });

/** Two aggregates of every kind; of each every kind of event, one after the other, about the turn of a minute. */
const aggregates = [...new Set(watchedEvents.map(({ aggregate }) => aggregate))];
const streams = aggregates.flatMap((aggregate, a) =>
  ['ada.1', 'bob.2'].map((aggregateId) =>
    [...aggregate.events.values()].map((definition, i) =>
      sealed(definition, {
        aggregateId,
        sequence: i + 1,
        occurredOn: new Date(Date.parse(minutes[1] ?? '') + (i - 1) * 1_000 + a).toISOString(),
        metadata: aggregateId === 'ada.1' ? { userId: 'ada' } : {},
      }),
    ),
  ),
);
const keys = new Map(aggregates.map((aggregate) => [aggregate.type, aggregate.orderingKey]));
const deliveries = streams.flat().map((event) => ({
  key: keys.get(event.aggregateType)?.(event.aggregateId) ?? '',
  event,
}));

const read = async (store: ReturnType<typeof memoryProjectionStore>): Promise<Window[]> => {
  const pages = await Promise.all(
    minutes.map((minute) => store.list<Window>(windows.name, minute, { limit: 1_000 })),
  );
  return pages.flatMap(({ items }) => [...items]);
};

describe('the windows', () => {
  it('count every event once, in its minute, by context and type, and those without a user', async () => {
    const store = memoryProjectionStore();
    const verdicts = await projecting(windows, store).process(deliveries);
    expect(verdicts.every(({ kind }) => kind === 'applied')).toBe(true);
    const found = await read(store);
    for (const minute of minutes) {
      const events = streams.flat().filter(({ occurredOn }) => minuteOf(occurredOn) === minute);
      const totals = totalsOf(found.filter((window) => window.minute === minute));
      for (const { type } of watchedEvents)
        expect(totals.byType.get(type) ?? 0, type).toBe(
          events.filter(({ eventType }) => eventType === type).length,
        );
      for (const [context, { events: all, incomplete }] of totals.byContext) {
        const its = events.filter(({ source }) => source === context);
        expect({ all, incomplete }, context).toEqual({
          all: its.length,
          incomplete: its.filter(({ metadata }) => metadata.userId === undefined).length,
        });
      }
    }
  });

  it('come to the same documents however the events are delivered', async () => {
    const some = streams.filter((_, i) => i % 4 < 2);
    await expectSameHoweverDelivered(windows, some);
  });

  it('never let two partitions of a topic meet on one document', () => {
    const business = topics.filter(({ class: kind }) => kind === 'business');
    expect(business.length).toBeGreaterThan(0);
    for (const { name, partitions } of business) expect(SHARDS % partitions, name).toBe(0);
  });

  it('stay small: a shard has about its share of the aggregates', () => {
    const [event] = watchedEvents;
    if (!event) throw new Error('nothing is watched');
    const inShards = new Map<string, number>();
    const many = 9_600;
    for (let i = 0; i < many; i += 1) {
      const { item } = windows.keyOf(envelopeOf(event.of({}), { aggregateId: `customer-${i}` }));
      inShards.set(item, (inShards.get(item) ?? 0) + 1);
    }
    expect(inShards.size).toBe(SHARDS);
    expect(Math.max(...inShards.values())).toBeLessThan((2 * many) / SHARDS);
  });
});
