import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { currentPrice } from '../projections/current-price.ts';
import { priceHistory } from '../projections/price-history.ts';
import { quotePrices, quotePricesQuery } from '../quote-prices.ts';

const store = views();
const api = httpApi();

api.query('/prices', quotePricesQuery, ({ query: { skus } }) => quotePrices(store, skus));

api.query('/prices/:sku', z.strictObject({}), ({ params: { sku = '' } }) =>
  findDocument(store, currentPrice, { group: sku, item: sku }),
);

api.query('/prices/:sku/history', pageQuery, ({ params: { sku = '' }, query }) =>
  listDocuments(store, priceHistory, sku, { ...query, newestFirst: true }),
);

export const { handler } = api;
