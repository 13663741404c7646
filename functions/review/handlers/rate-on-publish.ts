import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { takingTurns } from '../../../shared/decide/in-turn.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { rateOnPublish } from '../policies/rate-on-publish.ts';
import { rateProduct, rating } from '../rating.ts';

const run = commands();
const inTurn = takingTurns();

export const handler = consume(
  reacting(rateOnPublish, (review, context) =>
    inTurn([review.sku], () =>
      run.execute(rating, review.sku, context, (state) => rateProduct(state, review)),
    ),
  ),
  means(),
);
