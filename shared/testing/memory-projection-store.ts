import type { DocumentKey } from '../project/projection.ts';
import type {
  DocumentChange,
  ListOptions,
  Page,
  ProjectionStore,
  StoredDocument,
  WriteResult,
} from '../project/projection-store.ts';

interface Row {
  readonly view: string;
  readonly key: DocumentKey;
  readonly watermark: string;
  /** As JSON: what is read is a copy, and what is undefined is gone, as in a table. */
  readonly doc: string;
}

/** What one answer to a Query holds at most, whatever its limit (DynamoDB, "Query"). */
const MAX_PAGE_BYTES = 1_048_576;

/** A projection store in memory, held to the same contract as the one on DynamoDB. */
export interface MemoryProjectionStore extends ProjectionStore {
  /** Everything stored, as text in the order of its keys: equal when documents and watermarks are, byte for byte. */
  snapshot(): string;
}

const nameOf = (view: string, { group, item }: DocumentKey): string => JSON.stringify([view, group, item]);

/** The order of sort keys: by their UTF-8 bytes (DynamoDB, "Query"). */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const weightOf = ({ view, key, watermark, doc }: Row): number =>
  Buffer.byteLength(nameOf(view, key)) + Buffer.byteLength(watermark) + Buffer.byteLength(doc);

/** The first rows that one answer holds together; one at least. */
const inOneAnswer = (rows: readonly Row[]): readonly Row[] => {
  let weight = 0;
  const end = rows.findIndex((row, i) => {
    weight += weightOf(row);
    return weight > MAX_PAGE_BYTES && i > 0;
  });
  return end < 0 ? rows : rows.slice(0, end);
};

export const memoryProjectionStore = (): MemoryProjectionStore => {
  const rows = new Map<string, Row>();
  const write = (view: string, { key, doc, watermark, from }: DocumentChange<unknown>): WriteResult => {
    const name = nameOf(view, key);
    if (rows.get(name)?.watermark !== from) return 'conflict';
    rows.set(name, { view, key, watermark, doc: JSON.stringify(doc) });
    return 'written';
  };
  // Below: a view's documents are of the type that the projection of that name writes.
  return {
    read: async <Doc>(view: string, keys: readonly DocumentKey[]) =>
      keys.map((key): StoredDocument<Doc> | undefined => {
        const row = rows.get(nameOf(view, key));
        return row && { doc: JSON.parse(row.doc) as Doc, watermark: row.watermark };
      }),
    write: async (view, changes) => changes.map((change) => write(view, change)),
    list: async <Doc>(
      view: string,
      group: string,
      { limit, after, newestFirst = false }: ListOptions,
    ): Promise<Page<Doc>> => {
      const turn = newestFirst ? -1 : 1;
      const rest = [...rows.values()]
        .filter((row) => row.view === view && row.key.group === group)
        .filter(({ key }) => after === undefined || turn * byBytes(key.item, after) > 0)
        .sort((a, b) => turn * byBytes(a.key.item, b.key.item));
      const page = inOneAnswer(rest.slice(0, limit));
      return {
        items: page.map((row) => JSON.parse(row.doc) as Doc),
        next: page.length < rest.length ? page.at(-1)?.key.item : undefined,
      };
    },
    snapshot: () =>
      [...rows]
        .sort(([a], [b]) => byBytes(a, b))
        .map(([name, { watermark, doc }]) => `${name} ${watermark} ${doc}`)
        .join('\n'),
  };
};
