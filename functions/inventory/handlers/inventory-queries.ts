import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { availability } from '../projections/availability.ts';
import { imports } from '../projections/imports.ts';

const store = views();
const api = httpApi();

api.query('/inventory/:sku', z.strictObject({}), ({ params: { sku = '' } }) =>
  findDocument(store, availability, { group: sku, item: sku }),
);

api.query('/inventory/imports/:importId', z.strictObject({}), ({ params: { importId = '' } }) =>
  findDocument(store, imports, { group: importId, item: importId }),
);

export const { handler } = api;
