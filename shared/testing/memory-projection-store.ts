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

/** A projection store in memory, held to the same contract as the one on DynamoDB. */
export interface MemoryProjectionStore extends ProjectionStore {
  /** Everything stored, as text in the order of its keys: equal when documents and watermarks are, byte for byte. */
  snapshot(): string;
}

const nameOf = (view: string, { group, item }: DocumentKey): string => JSON.stringify([view, group, item]);

/** The order of sort keys: by their UTF-8 bytes (DynamoDB, "Query"). */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

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
      const page = rest.slice(0, limit);
      return {
        items: page.map((row) => JSON.parse(row.doc) as Doc),
        next: rest.length > limit ? page.at(-1)?.key.item : undefined,
      };
    },
    snapshot: () =>
      [...rows]
        .sort(([a], [b]) => byBytes(a, b))
        .map(([name, { watermark, doc }]) => `${name} ${watermark} ${doc}`)
        .join('\n'),
  };
};
