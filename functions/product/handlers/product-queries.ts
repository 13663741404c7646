import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { findPage } from '../find-page.ts';
import { imports } from '../projections/imports.ts';
import { searchProducts, searchProductsQuery } from '../search-products.ts';

const store = views();
const api = httpApi();

api.query('/products', searchProductsQuery, ({ query }) => searchProducts(store, query));

api.query('/products/:sku', z.strictObject({}), ({ params: { sku = '' } }) => findPage(store, sku));

api.query('/products/imports/:importId', z.strictObject({}), ({ params: { importId = '' } }) =>
  findDocument(store, imports, { group: importId, item: importId }),
);

export const { handler } = api;
