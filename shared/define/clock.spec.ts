import { expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock, uuidFrom } from './clock.ts';

it('makes ids that are UUIDv7 and increase', () => {
  const ids = Array.from({ length: 500 }, () => systemClock.newId());
  for (const id of ids) expect(z.uuidv7().safeParse(id).success).toBe(true);
  expect(ids).toEqual([...new Set(ids)].sort());
});

it('derives the same UUIDv8 from the same seed and another from another', () => {
  expect(uuidFrom('a')).toBe(uuidFrom('a'));
  const ids = Array.from({ length: 200 }, (_, i) => uuidFrom(String(i)));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});
