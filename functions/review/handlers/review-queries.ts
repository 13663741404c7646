import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { listMatching } from '../../../shared/project/list-matching.ts';
import { views } from '../../../shared/wire/resources.ts';
import { rating } from '../projections/rating.ts';
import { reviews } from '../projections/reviews.ts';

const store = views();
const api = httpApi();

api.query('/products/:sku/reviews', pageQuery, ({ params: { sku = '' }, query }) =>
  listMatching(
    store,
    reviews,
    sku,
    query,
    ({ status }) => status === 'published',
    ({ reviewId }) => reviewId,
  ),
);

api.query('/products/:sku/rating', z.strictObject({}), ({ params: { sku = '' } }) =>
  findDocument(store, rating, { group: sku, item: sku }),
);

export const { handler } = api;
