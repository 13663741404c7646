import { customerOf } from '../../../shared/define/event.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands, views } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { reviewId as reviewIdOf } from '../events.ts';
import { purchases } from '../projections/purchases.ts';
import { assertVerified, moderateReview, review, submitReview } from '../review.ts';

const run = commands();
const store = views();
const vault = personalData();
const api = httpApi(onceForCommands());

api.command('post', '/reviews', command.submitReview, async ({ body, context }) => {
  const { title, text, ...about } = body;
  const customerId = customerOf(about.orderId);
  const reviewId = reviewIdOf(about.sku, customerId);
  const purchase = await findDocument(store, purchases, { group: customerId, item: about.orderId });
  // Sealing may make a customer's key: not for an order that nobody knows.
  assertVerified(purchase, about);
  const submission = { ...about, words: await vault.seal(customerId, { title, text }) };
  return accepted(
    { reviewId },
    await run.execute(review, reviewId, context, (state) => submitReview(state, purchase, submission)),
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
