import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { eventOf, type Findings } from './findings.ts';
import type { Topic } from '../world/topic.ts';
import type { World } from '../world/world.ts';

/** Promise 2: of each key, the first copy of n+1 never before a copy of n, and none left out. */
export const brokenInTopics = (world: World, { accounts, club }: Findings): string[] => {
  const clubEvents = club.flatMap(({ events }) => events);
  return [
    ...accounts.flatMap(({ id, events }) => brokenOrder(world.topic, id, events)),
    ...brokenOrder(world.rewards, clubEvents[0]?.aggregateId ?? 'club', clubEvents),
  ];
};

const brokenOrder = (topic: Topic, id: string, stored: readonly EventEnvelope[]): string[] => {
  const published = topic.partitions.flat().flatMap((record) => eventOf(record) ?? []);
  const firstCopies = [
    ...new Set(published.filter((event) => event.aggregateId === id).map(({ eventId }) => eventId)),
  ];
  const expected = stored.map(({ eventId }) => eventId);
  if (firstCopies.join() === expected.join()) return [];
  const places = firstCopies.map((eventId) => expected.indexOf(eventId) + 1);
  return [`2: ${id} has ${expected.length} events, their first copies came as ${places.join(' ')}`];
};
