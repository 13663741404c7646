import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { publishes, type EventDefinition } from '../../shared/define/event.ts';
import { knownEvents } from './events.ts';

const isDefinition = (value: unknown): value is EventDefinition =>
  typeof value === 'object' && value !== null && 'aggregate' in value && 'schemaVersion' in value;

it('knows every event that a context publishes', async () => {
  const files = globSync(path.resolve(import.meta.dirname, '../*/events.ts'));
  const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>));
  const published = modules.flatMap((module) => Object.values(module)).filter(isDefinition);
  expect(published.length).toBeGreaterThan(0);
  expect(new Set(knownEvents)).toEqual(new Set(published));
  for (const { type, aggregate } of knownEvents) expect(publishes(aggregate.context, type)).toBe(true);
});

it('knows each by a name of its own: consumers of all topics tell events apart by their type', () => {
  expect(new Set(knownEvents.map(({ type }) => type)).size).toBe(knownEvents.length);
});
