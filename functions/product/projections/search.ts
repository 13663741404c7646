import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from '../events.ts';
import { wordsOf } from '../words.ts';

/** A product as a search finds it. */
export interface SearchEntry {
  readonly sku: string;
  readonly category: string;
  readonly sellerId: string;
  readonly name: string;
  /** Of name and description, as `wordsOf` gives them. A product that is sold no more has none, and is not found. */
  readonly words: readonly string[];
  readonly status: 'listed' | 'discontinued';
}

interface Article {
  readonly sku: string;
  readonly category: string;
  readonly sellerId: string;
}

const listed = ({
  sku,
  category,
  sellerId,
  name,
  description,
}: Article & { readonly name: string; readonly description: string }): SearchEntry => ({
  sku,
  category,
  sellerId,
  name,
  words: wordsOf(`${name} ${description}`),
  status: 'listed',
});

/** What every event of a product says, so that its document is found from it alone. */
const articleOf = (event: EventEnvelope): Article => {
  if (ProductCreated.is(event) || ProductChanged.is(event) || ProductDiscontinued.is(event))
    return event.payload;
  throw new PermanentError('no-document', `${event.eventType} is of no product`);
};

/** The products of each category, by SKU. */
export const search = projection<SearchEntry>(
  'product.search',
  [
    init(ProductCreated, ({ payload }) => listed(payload)),
    init(ProductChanged, ({ payload }) => listed(payload)),
    init(ProductDiscontinued, ({ payload: { sku, category, sellerId } }, entry) => ({
      sku,
      category,
      sellerId,
      name: entry?.name ?? '',
      words: [],
      status: 'discontinued',
    })),
  ],
  (event) => {
    const { category, sku } = articleOf(event);
    return { group: category, item: sku };
  },
);
