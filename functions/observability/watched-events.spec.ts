import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { eventsIn } from '../../shared/define/event.ts';
import { contexts } from '../../shared/define/topics.ts';
import { watchedEvents } from './watched-events.ts';

it('every event of every other context is watched', async () => {
  const files = globSync(path.resolve(import.meta.dirname, '../*/events.ts'));
  const modules = await Promise.all(files.map((file) => import(file) as Promise<object>));
  const others = eventsIn(...modules).filter(({ aggregate }) => aggregate.context !== 'observability');
  expect(new Set(watchedEvents)).toEqual(new Set(others));
  expect(new Set(watchedEvents.map(({ aggregate }) => aggregate.context))).toEqual(
    new Set(contexts.filter((context) => context !== 'observability')),
  );
});

it('a type of event belongs to one context: it can be counted by its name', () => {
  expect(new Set(watchedEvents.map(({ type }) => type)).size).toBe(watchedEvents.length);
});
