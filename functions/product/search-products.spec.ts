import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projecting } from '../../shared/project/projecting.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { ProductCreated, ProductDiscontinued } from './events.ts';
import { search } from './projections/search.ts';
import { searchProducts, searchProductsQuery, type SearchProducts } from './search-products.ts';

interface Article {
  readonly sku: string;
  readonly name: string;
  readonly gone?: boolean;
}

const skuOf = (n: number): string => `SKU-${String(n).padStart(4, '0')}`;

const catalogue = async (articles: readonly Article[], category = 'tea'): Promise<ProjectionStore> => {
  const store = memoryProjectionStore();
  const events = articles.flatMap(({ sku, name, gone = false }) => {
    const article = { sku, category, sellerId: 'S-1' };
    const created = ProductCreated.of({ ...article, name, description: 'loose leaves' });
    return envelopesOf(
      sku,
      gone ? [created, ProductDiscontinued.of({ ...article, reason: 'sold out' })] : [created],
    );
  });
  await projecting(search, store).process(events.map((event) => ({ key: event.aggregateId, event })));
  return store;
};

const asked = (query: Record<string, unknown>): SearchProducts =>
  searchProductsQuery.parse({ category: 'tea', ...query });

/** Goes from page to page as a client does. */
const everyPage = async (store: ProjectionStore, query: SearchProducts, maxPages?: number) => {
  const pages: string[][] = [];
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const { items, next } = await searchProducts(store, { ...query, after }, maxPages);
    pages.push(items.map(({ sku }) => sku));
    after = next;
  }
  return pages;
};

describe('a search', () => {
  it('finds by the beginnings of words of name and description, whatever their case and accents', async () => {
    const store = await catalogue([
      { sku: 'A', name: 'Thé vert' },
      { sku: 'B', name: 'Vertical teapot' },
      { sku: 'C', name: 'Black tea' },
    ]);
    const skus = async (q: string) => (await searchProducts(store, asked({ q }))).items.map(({ sku }) => sku);
    expect(await skus('vert')).toStrictEqual(['A', 'B']);
    expect(await skus('VERT the')).toStrictEqual(['A']);
    expect(await skus('ert')).toStrictEqual([]);
    expect(await skus('loose')).toStrictEqual(['A', 'B', 'C']);
  });

  it('tells of a match what a list shows', async () => {
    const store = await catalogue([{ sku: 'A', name: 'Thé vert' }]);
    expect(await searchProducts(store, asked({}))).toStrictEqual({
      items: [{ sku: 'A', category: 'tea', sellerId: 'S-1', name: 'Thé vert' }],
      next: undefined,
    });
  });

  it('finds nothing in another category, and nothing that is sold no more', async () => {
    const store = await catalogue([{ sku: 'A', name: 'Thé vert', gone: true }]);
    expect(await searchProducts(store, asked({}))).toStrictEqual({ items: [], next: undefined });
    expect(await searchProducts(store, asked({ category: 'coffee' }))).toMatchObject({ items: [] });
  });

  it('says that there is more only where another match is known', async () => {
    const others = Array.from({ length: 250 }, (_, n) => ({ sku: skuOf(n + 10), name: 'Black' }));
    const store = await catalogue([
      { sku: skuOf(1), name: 'Green' },
      { sku: skuOf(2), name: 'Green' },
      ...others,
    ]);
    expect(await everyPage(store, asked({ q: 'green', limit: 1 }))).toStrictEqual([[skuOf(1)], [skuOf(2)]]);
    expect(await everyPage(store, asked({ q: 'green', limit: 2 }))).toStrictEqual([[skuOf(1), skuOf(2)]]);
  });

  it('stops after its bound of work, with a page that may be empty, and goes on from there', async () => {
    const articles = Array.from({ length: 250 }, (_, n) => ({ sku: skuOf(n), name: 'Black' }));
    const store = await catalogue([...articles, { sku: skuOf(999), name: 'Green' }]);
    const first = await searchProducts(store, asked({ q: 'green' }), 1);
    expect(first).toStrictEqual({ items: [], next: skuOf(99) });
    expect(await everyPage(store, asked({ q: 'green' }), 1)).toStrictEqual([[], [], [skuOf(999)]]);
  });

  it('finds every match once and in order, whatever the size of the pages', async () => {
    const kind = fc.constantFrom<Omit<Article, 'sku'>>(
      { name: 'Green' },
      { name: 'Black' },
      { name: 'Green', gone: true },
    );
    const category = fc.array(kind, { maxLength: 330, size: 'max' });
    await fc.assert(
      fc.asyncProperty(category, fc.integer({ min: 1, max: 100 }), fc.nat(2), async (kinds, limit, more) => {
        const articles = kinds.map((article, n) => ({ ...article, sku: skuOf(n) }));
        const store = await catalogue(articles);
        const pages = await everyPage(store, asked({ q: 'gre', limit }), 1 + more);
        expect(pages.every((page) => page.length <= limit)).toBe(true);
        expect(pages.flat()).toStrictEqual(
          articles.filter(({ name, gone }) => name === 'Green' && !gone).map(({ sku }) => sku),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('what a search asks for', () => {
  it.each([
    ['no category', { category: undefined }],
    ['a category in words', { category: 'Green Tea' }],
    ['words without a letter', { q: '!?' }],
    ['an empty text', { q: '' }],
    ['too many words', { q: 'a b c d e f g h i j k' }],
    ['a cursor that is no SKU', { after: 'a.b' }],
    ['a field that nobody knows', { sort: 'price' }],
  ])('is not %s', (_, query) => {
    expect(searchProductsQuery.safeParse({ category: 'tea', ...query }).success).toBe(false);
  });
});
