import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deposited } from '../testing/account.ts';
import { memoryProjectionStore } from '../testing/memory-projection-store.ts';
import { listMatching } from './list-matching.ts';
import { init, projection } from './projection.ts';

interface Numbered {
  readonly id: string;
  readonly wanted: boolean;
}

const numbers = projection<Numbered>('test.numbers', [init(Deposited, () => ({ id: '', wanted: true }))]);

const storeOf = async (wanted: readonly boolean[]) => {
  const store = memoryProjectionStore();
  const changes = wanted.map((is, n) => {
    const id = String(n).padStart(5, '0');
    return { key: { group: 'all', item: id }, doc: { id, wanted: is }, watermark: '1', from: undefined };
  });
  await store.write(numbers.name, changes);
  return { store, matching: changes.filter(({ doc }) => doc.wanted).map(({ key }) => key.item) };
};

type Store = Awaited<ReturnType<typeof storeOf>>['store'];

const page = (store: Store, limit: number, after?: string, newestFirst = false) =>
  listMatching(
    store,
    numbers,
    'all',
    { limit, after, newestFirst },
    ({ wanted }) => wanted,
    ({ id }) => id,
  );

it('comes to every match once, page by page, in either direction', async () => {
  const wanted = fc.array(fc.boolean(), { maxLength: 350 });
  await fc.assert(
    fc.asyncProperty(
      wanted,
      fc.integer({ min: 1, max: 100 }),
      fc.boolean(),
      async (is, limit, newestFirst) => {
        const { store, matching } = await storeOf(is);
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const { items, next } = await page(store, limit, after, newestFirst);
          expect(items.length).toBeLessThanOrEqual(limit);
          if (next !== undefined) expect(items).toHaveLength(limit);
          seen.push(...items.map(({ id }) => id));
          after = next;
        } while (after !== undefined);
        expect(seen).toEqual(newestFirst ? matching.toReversed() : matching);
      },
    ),
  );
});

it('looks at a thousand documents for one page, and goes on from there', async () => {
  const { store } = await storeOf(Array.from({ length: 1_201 }, (_, n) => n === 3 || n === 1_200));
  const first = await page(store, 5);
  expect(first).toEqual({ items: [{ id: '00003', wanted: true }], next: '00999' });
  expect(await page(store, 5, first.next)).toEqual({
    items: [{ id: '01200', wanted: true }],
    next: undefined,
  });
});
