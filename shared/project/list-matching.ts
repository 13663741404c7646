import type { Projection } from './projection.ts';
import type { ListOptions, Page, ProjectionStore } from './projection-store.ts';

/** Documents looked at for one page: what a query may cost, however few of them match. */
const PAGE = 100;
const MAX_PAGES = 10;

/**
 * A page of those documents of a group that match. It skips the others without losing any: `next` is where looking
 * stopped. After 1 000 documents it stops as well, so a page may hold fewer than asked for, or none, and still
 * have a next one.
 * @param itemOf the item that a document stands under in its group
 */
export const listMatching = async <Doc>(
  store: ProjectionStore,
  { name }: Projection<Doc>,
  group: string,
  { limit, after, newestFirst = false }: ListOptions,
  matches: (doc: Doc) => boolean,
  itemOf: (doc: Doc) => string,
): Promise<Page<Doc>> => {
  const items: Doc[] = [];
  let from = after;
  for (let pages = 1; ; pages += 1) {
    const page = await store.list<Doc>(name, group, { limit: PAGE, after: from, newestFirst });
    for (const doc of page.items.filter(matches)) {
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) return { items, next: itemOf(last) };
      items.push(doc);
    }
    if (page.next === undefined || pages === MAX_PAGES) return { items, next: page.next };
    from = page.next;
  }
};
