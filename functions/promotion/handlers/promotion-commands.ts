import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi, noBody } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { activatePromotion, createPromotion, endPromotion, promotion } from '../promotion.ts';

const run = commands();
const api = httpApi(onceForCommands());

api.command('post', '/promotions', command.createPromotion, async ({ body, context }) => {
  const { promotionId } = body;
  return accepted(
    { promotionId },
    await run.execute(promotion, promotionId, context, (state) => createPromotion(state, body)),
  );
});

api.command(
  'post',
  '/promotions/:promotionId/activate',
  noBody,
  async ({ params: { promotionId = '' }, context }) =>
    accepted(
      { promotionId },
      await run.execute(promotion, promotionId, context, (state) => activatePromotion(state, promotionId)),
    ),
);

api.command(
  'post',
  '/promotions/:promotionId/end',
  noBody,
  async ({ params: { promotionId = '' }, context }) =>
    accepted(
      { promotionId },
      await run.execute(promotion, promotionId, context, (state) => endPromotion(state, promotionId)),
    ),
);

export const { handler } = api;
