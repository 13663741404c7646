import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { opened } from '../../../shared/protect/opened.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { inbox } from '../projections/inbox.ts';
import { preferences } from '../projections/preferences.ts';

const store = views();
const vault = personalData();
const api = httpApi();

api.query('/customers/:customerId/notifications', pageQuery, ({ params: { customerId = '' }, query }) =>
  listDocuments(store, inbox, customerId, { ...query, newestFirst: true }),
);

api.query(
  '/customers/:customerId/notification-preferences',
  z.strictObject({}),
  async ({ params: { customerId = '' } }) => {
    const found = await findDocument(store, preferences, { group: customerId, item: customerId });
    return found && opened(vault, found.customerId, found, 'email');
  },
);

export const { handler } = api;
