import type { DocumentKey, Projection } from './projection.ts';
import type { ListOptions, Page, ProjectionStore } from './projection-store.ts';

/**
 * A document for a query, or undefined. A document of one aggregate says in `sequence` how far it has come, so
 * that a client can wait for its own write.
 */
export const findDocument = async <Doc extends object>(
  store: ProjectionStore,
  { name, perAggregate }: Projection<Doc>,
  key: DocumentKey,
): Promise<(Doc & { sequence?: number }) | undefined> => {
  const [found] = await store.read<Doc>(name, [key]);
  if (!found) return undefined;
  return perAggregate ? { ...found.doc, sequence: Number(found.watermark) } : found.doc;
};

/** A page of a group's documents; an unknown group is an empty page. */
export const listDocuments = <Doc>(
  store: Pick<ProjectionStore, 'list'>,
  { name }: Projection<Doc>,
  group: string,
  options: ListOptions,
): Promise<Page<Doc>> => store.list<Doc>(name, group, options);

/** The most that a page may be asked to hold (`ListOptions`). */
const PAGE = 100;

interface Stretch<Doc> {
  /** Begins behind this item; without one, at the group's first. */
  readonly after?: string;
  /** Ends before the first document that is not wanted. */
  readonly wanted?: (doc: Doc) => boolean;
}

/**
 * All documents of a group, or a stretch of them, in the order of their items. It reads page after page: one ends at
 * 1 MB, however much more it may hold (DynamoDB, "Query"), so what is added up from a single page may be too little.
 * The caller sees to it that the group, or the stretch, has an end worth waiting for.
 */
export const allDocuments = async <Doc>(
  store: Pick<ProjectionStore, 'list'>,
  projection: Projection<Doc>,
  group: string,
  { after, wanted = () => true }: Stretch<Doc> = {},
): Promise<readonly Doc[]> => {
  const found: Doc[] = [];
  let from = after;
  do {
    const { items, next } = await listDocuments(store, projection, group, { limit: PAGE, after: from });
    const end = items.findIndex((doc) => !wanted(doc));
    found.push(...(end < 0 ? items : items.slice(0, end)));
    from = end < 0 ? next : undefined;
  } while (from !== undefined);
  return found;
};
