import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { profile } from '../projections/profile.ts';
import { salesOfSeller, salesQuery } from '../sales-of-seller.ts';

const store = views();
const api = httpApi();

api.query('/sellers/:sellerId', z.strictObject({}), ({ params: { sellerId = '' } }) =>
  findDocument(store, profile, { group: sellerId, item: sellerId }),
);

api.query('/sellers/:sellerId/sales', salesQuery, ({ params: { sellerId = '' }, query }) =>
  salesOfSeller(store, sellerId, query),
);

export const { handler } = api;
