import { z } from 'zod';
import { sku } from '../../shared/define/identifiers.ts';
import { pageQuery } from '../../shared/http/api.ts';
import { listDocuments } from '../../shared/project/find-document.ts';
import type { Page, ProjectionStore } from '../../shared/project/projection-store.ts';
import { categorySchema } from './events.ts';
import { search, type SearchEntry } from './projections/search.ts';
import { beginWords, wordsOf } from './words.ts';

const MAX_WORDS = 10;

/** `?category=tea&q=green&limit&after`: without `q` it finds the whole category. */
export const searchProductsQuery = pageQuery.extend({
  category: categorySchema,
  q: z
    .string()
    .max(100)
    .transform(wordsOf)
    .refine((words) => words.length >= 1 && words.length <= MAX_WORDS, `must have 1 to ${MAX_WORDS} words`)
    .optional(),
  after: sku.optional(),
});
export type SearchProducts = z.infer<typeof searchProductsQuery>;

export type FoundProduct = Pick<SearchEntry, 'sku' | 'category' | 'sellerId' | 'name'>;

const PAGE = 100;
/** A thousand entries are looked at within a fraction of a second; who wants more goes on from `next`. */
const MAX_PAGES = 10;

/**
 * The products of a category that have, for every word asked for, one that begins with it; by SKU.
 *
 * Looks at `maxPages` pages of a hundred entries at most. `next` is where to go on: there is one where another match
 * is known, and where the work ended before the category did, in which case the page may be short or even empty.
 */
export const searchProducts = async (
  store: ProjectionStore,
  { category, q = [], limit, after }: SearchProducts,
  maxPages = MAX_PAGES,
): Promise<Page<FoundProduct>> => {
  const matches: FoundProduct[] = [];
  let from = after;
  for (let page = 1; page <= maxPages; page += 1) {
    const { items, next } = await listDocuments(store, search, category, { limit: PAGE, after: from });
    matches.push(...items.filter((entry) => isMatch(entry, q)).map(found));
    // One more than wanted tells that there is a next page.
    if (matches.length > limit) {
      const items = matches.slice(0, limit);
      return { items, next: items.at(-1)?.sku };
    }
    from = next;
    if (from === undefined) break;
  }
  return { items: matches, next: from };
};

const isMatch = ({ status, words }: SearchEntry, q: readonly string[]): boolean =>
  status === 'listed' && beginWords(q, words);

const found = ({ sku, category, sellerId, name }: SearchEntry): FoundProduct => ({
  sku,
  category,
  sellerId,
  name,
});
