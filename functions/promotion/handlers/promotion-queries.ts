import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { listMatching } from '../../../shared/project/list-matching.ts';
import { views } from '../../../shared/wire/resources.ts';
import { allPromotions, promotions } from '../projections/promotions.ts';
import { redemptions } from '../projections/redemptions.ts';

const store = views();
const api = httpApi();

api.query('/promotions', pageQuery, ({ query }) =>
  listMatching(
    store,
    promotions,
    allPromotions,
    query,
    ({ status }) => status === 'active',
    ({ promotionId }) => promotionId,
  ),
);

api.query('/promotions/:promotionId', z.strictObject({}), ({ params: { promotionId = '' } }) =>
  findDocument(store, promotions, { group: allPromotions, item: promotionId }),
);

api.query('/promotions/:promotionId/redemptions', pageQuery, ({ params: { promotionId = '' }, query }) =>
  listDocuments(store, redemptions, promotionId, query),
);

export const { handler } = api;
