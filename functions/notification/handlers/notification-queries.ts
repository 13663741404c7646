import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { inbox } from '../projections/inbox.ts';
import { preferences } from '../projections/preferences.ts';

const store = views();
const api = httpApi();

api.query('/customers/:customerId/notifications', pageQuery, ({ params: { customerId = '' }, query }) =>
  listDocuments(store, inbox, customerId, { ...query, newestFirst: true }),
);

api.query(
  '/customers/:customerId/notification-preferences',
  z.strictObject({}),
  ({ params: { customerId = '' } }) =>
    findDocument(store, preferences, { group: customerId, item: customerId }),
);

export const { handler } = api;
