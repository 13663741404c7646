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
