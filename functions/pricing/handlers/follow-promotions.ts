import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { followPromotions } from '../policies/follow-promotions.ts';
import { followPromotion, price } from '../price.ts';

const run = commands();

export const handler = consume(
  reacting(followPromotions, (step, context) =>
    run.executeAll(price, step.skus, context, (prices) => followPromotion(prices, step)),
  ),
  means(),
);
