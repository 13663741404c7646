import { expect, it } from 'vitest';
import type { ListOptions, ProjectionStore } from '../../shared/project/projection-store.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { windows } from './projections/windows.ts';
import { readMinutes } from './read-minutes.ts';

const minute = (at: number): string => new Date(Date.UTC(2026, 2, 1, 12, at)).toISOString();
const later = (at: number): Date => new Date(Date.UTC(2026, 2, 1, 12, at));

/** Windows of a minute in so many shards, each with one event; tells which minutes are listed. */
const filled = async (shards: number) => {
  const store = memoryProjectionStore();
  const add = async (at: number, item: string): Promise<void> => {
    const doc = { minute: minute(at), context: 'order', events: { OrderConfirmedEvent: 1 }, incomplete: 0 };
    const change = { key: { group: minute(at), item }, doc, watermark: item, from: undefined };
    expect(await store.write(windows.name, [change])).toEqual(['written']);
  };
  for (const at of [0, 20]) for (let i = 0; i < shards; i += 1) await add(at, `order#${i}`);
  const listed: string[] = [];
  const views: Pick<ProjectionStore, 'list'> = {
    list: (view, group, options: ListOptions) => {
      listed.push(group);
      return store.list(view, group, options);
    },
  };
  return { add, views, listed };
};

it('adds up all pages of a minute; a minute without windows is empty', async () => {
  const { views } = await filled(250);
  const totals = await readMinutes(views)([minute(0), minute(1)], later(30));
  expect(totals.get(minute(0))?.byType).toEqual(new Map([['OrderConfirmedEvent', 250]]));
  expect(totals.get(minute(1))?.byType).toEqual(new Map());
});

it('reads what ended long ago once, and what is fresh again', async () => {
  const { add, views, listed } = await filled(1);
  const read = readMinutes(views);
  await read([minute(0), minute(20)], later(21));
  await add(20, 'order#late');
  const totals = await read([minute(0), minute(20)], later(22));
  expect(listed).toEqual([minute(0), minute(20), minute(20)]);
  expect(totals.get(minute(0))?.byType.get('OrderConfirmedEvent')).toBe(1);
  expect(totals.get(minute(20))?.byType.get('OrderConfirmedEvent')).toBe(2);
});

it('forgets what nobody asks for any more', async () => {
  const { views, listed } = await filled(1);
  const read = readMinutes(views);
  await read([minute(0)], later(21));
  await read([minute(20)], later(40));
  await read([minute(0)], later(41));
  expect(listed).toEqual([minute(0), minute(20), minute(0)]);
});
