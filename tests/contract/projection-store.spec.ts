import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoProjectionStore, refusalOf } from '../../shared/project/dynamo-projection-store.ts';
import type { DocumentChange, ProjectionStore } from '../../shared/project/projection-store.ts';
import { rehearsedProjectionStore } from '../../shared/rehearse/rehearsed-projection-store.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { projectionStoreOnStage } from '../../shared/testing/on-stage.ts';

const VIEW = 'test.view';

const onDynamoDb = async (client: DynamoDBClient): Promise<ProjectionStore> =>
  dynamoProjectionStore(client, await createTable(client, 'groupKey', 'itemKey'));

const stores: Record<string, () => ProjectionStore | Promise<ProjectionStore>> = {
  'in memory': memoryProjectionStore,
  'on DynamoDB Local': () => onDynamoDb(dynamoClient(inject('engines').dynamodb)),
  'on the emulator': () => onDynamoDb(dynamoClient(inject('engines').ministack)),
};

const REHEARSAL = 'in a rehearsal';
/** Only in a rehearsal, and lists nothing there: no consumer does. */
const rehearsed: typeof stores = {
  [REHEARSAL]: () => projectionStoreOnStage(rehearsedProjectionStore(memoryProjectionStore(), refusalOf)),
};

const key = (item: string, group = 'g') => ({ group, item });

const insert = (item: string, doc: unknown = { item }, group = 'g'): DocumentChange<unknown> => ({
  key: key(item, group),
  doc,
  watermark: '1',
  from: undefined,
});

const update = (item: string, from: string, watermark: string, doc: unknown = { item }) => ({
  key: key(item),
  doc,
  watermark,
  from,
});

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `i${String(i).padStart(4, '0')}`);

describe.each(Object.entries({ ...stores, ...rehearsed }))('the projection store %s', (name, make) => {
  let store: ProjectionStore;
  beforeEach(async () => {
    store = await make();
  });
  const read = async (item: string) => (await store.read(VIEW, [key(item)]))[0];

  it('inserts a document with its watermark, once', async () => {
    expect(await store.write(VIEW, [insert('a', { n: 1 })])).toEqual(['written']);
    expect(await store.write(VIEW, [insert('a', { n: 2 })])).toEqual(['conflict']);
    expect(await read('a')).toEqual({ doc: { n: 1 }, watermark: '1' });
  });

  it('updates a document only from the watermark that was read', async () => {
    await store.write(VIEW, [insert('a', { n: 1 })]);
    expect(await store.write(VIEW, [update('a', '1', '4', { n: 4 })])).toEqual(['written']);
    expect(await store.write(VIEW, [update('a', '1', '2', { n: 2 })])).toEqual(['conflict']);
    expect(await read('a')).toEqual({ doc: { n: 4 }, watermark: '4' });
  });

  it('does not bring back a document that somebody dropped', async () => {
    expect(await store.write(VIEW, [update('gone', '3', '4')])).toEqual(['conflict']);
    expect(await read('gone')).toBeUndefined();
  });

  it('answers for each change by itself', async () => {
    await store.write(VIEW, [insert('a'), insert('b')]);
    const changes = [insert('a'), update('b', '1', '2'), insert('c'), update('d', '1', '2')];
    expect(await store.write(VIEW, changes)).toEqual(['conflict', 'written', 'written', 'conflict']);
    expect(
      (
        await store.read(
          VIEW,
          ['a', 'b', 'c', 'd'].map((item) => key(item)),
        )
      ).map((found) => found?.watermark),
    ).toEqual(['1', '2', '1', undefined]);
  });

  it('lets one of two writers from the same watermark through', async () => {
    await store.write(VIEW, [insert('a')]);
    const results = await Promise.all(
      ['one', 'two', 'three'].map((doc) => store.write(VIEW, [update('a', '1', '2', doc)])),
    );
    expect(results.flat().sort()).toEqual(['conflict', 'conflict', 'written']);
  });

  it('reads and writes any number of documents, in the order asked for', async () => {
    const items = numbered(260);
    const written = await store.write(
      VIEW,
      items.map((item) => insert(item)),
    );
    expect(written).toEqual(items.map(() => 'written'));
    const backwards = [...items].reverse();
    const found = await store.read<{ item: string }>(VIEW, [
      ...backwards.map((item) => key(item)),
      key('none'),
    ]);
    expect(found.map((each) => each?.doc.item)).toEqual([...backwards, undefined]);
    expect(
      await store.write(
        VIEW,
        items.map((item) => update(item, '1', '2')),
      ),
    ).toEqual(written);
  });

  it('may be asked for nothing, or for the same document twice', async () => {
    expect(await store.read(VIEW, [])).toEqual([]);
    expect(await store.write(VIEW, [])).toEqual([]);
    await store.write(VIEW, [insert('a')]);
    const twice = await store.read(VIEW, [key('a'), key('a')]);
    expect(twice.map((found) => found?.watermark)).toEqual(['1', '1']);
  });

  it('keeps views and groups apart', async () => {
    await store.write(VIEW, [insert('a', 'here'), insert('a', 'there', 'h')]);
    await store.write('other.view', [insert('a', 'elsewhere')]);
    const found = await store.read(VIEW, [key('a'), key('a', 'h')]);
    expect(found.map((each) => each?.doc)).toEqual(['here', 'there']);
    if (name !== REHEARSAL) expect((await store.list(VIEW, 'g', { limit: 10 })).items).toEqual(['here']);
  });

  it('keeps every value that JSON has as it is, and leaves out what is undefined', async () => {
    const doc = {
      text: 'Zoë 🚀 客 \u0000 "x" \\',
      empty: '',
      zero: 0,
      negative: -1,
      fraction: 0.1,
      large: Number.MAX_SAFE_INTEGER,
      yes: true,
      no: false,
      nothing: null,
      list: [],
      lists: [[1], [], ['']],
      map: {},
      maps: [{ '': 1, 'a b': { c: null } }],
    };
    await store.write(VIEW, [insert('a', { ...doc, gone: undefined, inner: { gone: undefined } })]);
    expect((await read('a'))?.doc).toStrictEqual({ ...doc, inner: {} });
    await store.write(VIEW, [update('a', '1', '2', doc)]);
    expect((await read('a'))?.doc).toStrictEqual(doc);
  });

  it('gives out copies', async () => {
    const doc = { list: [1] };
    await store.write(VIEW, [insert('a', doc)]);
    doc.list.push(2);
    const first = await store.read<{ list: number[] }>(VIEW, [key('a')]);
    first[0]?.doc.list.push(3);
    expect((await read('a'))?.doc).toEqual({ list: [1] });
  });

  it('keeps long watermarks and keys in any script', async () => {
    const watermark = JSON.stringify(Object.fromEntries(numbered(200).map((id) => [`order/${id}`, 7])));
    await store.write(VIEW, [{ ...insert('客.🚀', 1, '客'), watermark }]);
    const change = { key: key('客.🚀', '客'), doc: 2, from: watermark, watermark: `${watermark} ` };
    expect(await store.write(VIEW, [change])).toEqual(['written']);
    expect(await store.write(VIEW, [change])).toEqual(['conflict']);
  });

  describe.skipIf(name === REHEARSAL)('lists a group', () => {
    const items = numbered(7);
    beforeEach(async () => {
      await store.write(
        VIEW,
        items.map((item) => insert(item, item)),
      );
    });

    const pages = async (limit: number, newestFirst?: boolean): Promise<unknown[][]> => {
      const found: unknown[][] = [];
      let after: string | undefined;
      do {
        const page = await store.list(VIEW, 'g', {
          limit,
          after,
          ...(newestFirst !== undefined && { newestFirst }),
        });
        found.push([...page.items]);
        after = page.next;
      } while (after !== undefined && found.length < 20);
      return found;
    };

    it('in the order of its items, page by page, in both directions', async () => {
      expect(await pages(3)).toEqual([items.slice(0, 3), items.slice(3, 6), items.slice(6)]);
      const newest = [...items].reverse();
      expect(await pages(3, true)).toEqual([newest.slice(0, 3), newest.slice(3, 6), newest.slice(6)]);
    });

    it('without an empty page at the end', async () => {
      expect(await pages(7)).toEqual([items]);
      expect(await pages(100)).toEqual([items]);
    });

    it('in pages of 1 MB, whatever their limit, and all of it', async () => {
      const large = items.map((item) => item.padEnd(400_000, '.'));
      await store.write(
        VIEW,
        items.map((item, i) => update(item, '1', '2', large[i])),
      );
      const found = await pages(100);
      expect(found.flat()).toEqual(large);
      expect(Math.max(...found.map((page) => page.length))).toBeLessThan(4);
    });

    it('that is not there as an empty page', async () => {
      expect(await store.list(VIEW, 'none', { limit: 5 })).toEqual({ items: [], next: undefined });
    });

    it('from a place that no longer holds a document', async () => {
      const { items: rest } = await store.list(VIEW, 'g', { limit: 2, after: 'i0002x' });
      expect(rest).toEqual(['i0003', 'i0004']);
    });
  });
});

const limited = { ...stores, ...rehearsed };
delete limited['in memory'];

describe.each(Object.entries(limited))('the projection store %s', (name, make) => {
  it('takes documents up to DynamoDB’s 400 KB, and refuses one that is larger without the others', async () => {
    const store = await make();
    const results = await store.write(VIEW, [
      insert('large', 'x'.repeat(409_000)),
      insert('too-large', 'x'.repeat(410_000)),
      insert('small', 'x'),
    ]);
    expect(results).toEqual([
      'written',
      expect.objectContaining({ code: 'document-refused', errorClass: 'permanent' }),
      'written',
    ]);
    const [grown] = await store.write(VIEW, [update('small', '1', '2', 'x'.repeat(410_000))]);
    expect(grown).toMatchObject({ code: 'document-refused' });
    expect((await store.read(VIEW, [key('small')]))[0]).toEqual({ doc: 'x', watermark: '1' });
  });

  it.skipIf(name === REHEARSAL)('reads more than the 16 MB of one answer', async () => {
    const store = await make();
    const items = numbered(50);
    const doc = 'x'.repeat(400_000);
    await store.write(
      VIEW,
      items.map((item) => insert(item, doc)),
    );
    const found = await store.read<string>(
      VIEW,
      items.map((item) => key(item)),
    );
    expect(found.map((each) => each?.doc.length)).toEqual(items.map(() => doc.length));
  });
});
