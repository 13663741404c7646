import pMap from 'p-map';
import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { listMatching } from '../../../shared/project/list-matching.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { productOf } from '../events.ts';
import { rating } from '../projections/rating.ts';
import { reviews } from '../projections/reviews.ts';
import { showReview } from '../show-review.ts';

/** Each may read a key and have it unwrapped. */
const OPENED_IN_PARALLEL = 16;

const store = views();
const vault = personalData();
const api = httpApi();

api.query('/products/:sku/reviews', pageQuery, async ({ params: { sku = '' }, query }) => {
  const { items, next } = await listMatching(
    store,
    reviews,
    sku,
    query,
    ({ status }) => status === 'published',
    ({ reviewId }) => reviewId,
  );
  const shown = await pMap(items, (found) => showReview(vault, found), { concurrency: OPENED_IN_PARALLEL });
  return { items: shown, next };
});

/** One review, whatever became of it: for its moderator, and for who wrote it. */
api.query('/reviews/:reviewId', z.strictObject({}), async ({ params: { reviewId = '' } }) => {
  const found = await findDocument(store, reviews, { group: productOf(reviewId), item: reviewId });
  return found && showReview(vault, found);
});

api.query('/products/:sku/rating', z.strictObject({}), ({ params: { sku = '' } }) =>
  findDocument(store, rating, { group: sku, item: sku }),
);

export const { handler } = api;
