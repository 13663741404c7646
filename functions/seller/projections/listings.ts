import { z } from 'zod';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { sellerId } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from '../../product/events.ts';

export interface Listing {
  readonly sku: string;
  readonly category: string;
  /** False once it is discontinued; what was sold of it stays sold. */
  readonly onSale: boolean;
  readonly updatedAt: string;
}

interface Article {
  readonly occurredOn: string;
  readonly payload: { readonly sku: string; readonly category: string };
}

const listing = ({ payload: { sku, category }, occurredOn }: Article, onSale: boolean): Listing => ({
  sku,
  category,
  onSale,
  updatedAt: occurredOn,
});

/** Every event of an article names its seller, who never changes. */
const article = z.object({ sellerId });

/** The articles of a seller, also those that are sold no more: their sales still count. */
export const listings = projection<Listing>(
  'seller.listings',
  [
    init(ProductCreated, (event) => listing(event, true)),
    init(ProductChanged, (event) => listing(event, true)),
    init(ProductDiscontinued, (event) => listing(event, false)),
  ],
  ({ aggregateId, payload }: EventEnvelope) => ({
    group: parse(article, payload, 'seller.listings').sellerId,
    item: aggregateId,
  }),
);
