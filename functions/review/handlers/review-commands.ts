import { customerOf } from '../../../shared/define/event.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands, views } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { reviewId as reviewIdOf } from '../events.ts';
import { purchases } from '../projections/purchases.ts';
import { moderateReview, review, submitReview } from '../review.ts';

const run = commands();
const store = views();
const api = httpApi(onceForCommands());

api.command('post', '/reviews', command.submitReview, async ({ body, context }) => {
  const customerId = customerOf(body.orderId);
  const reviewId = reviewIdOf(body.sku, customerId);
  const purchase = await findDocument(store, purchases, { group: customerId, item: body.orderId });
  return accepted(
    { reviewId },
    await run.execute(review, reviewId, context, (state) => submitReview(state, purchase, body)),
  );
});

api.command(
  'post',
  '/reviews/:reviewId/moderate',
  command.moderateReview,
  async ({ params: { reviewId = '' }, body, context }) =>
    accepted(
      { reviewId },
      await run.execute(review, reviewId, context, (state) => moderateReview(state, body)),
    ),
);

export const { handler } = api;
