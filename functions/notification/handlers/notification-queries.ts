import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { opened } from '../../../shared/protect/opened.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { inbox } from '../projections/inbox.ts';
import { preferences } from '../projections/preferences.ts';
import { webhookDeliveries } from '../projections/webhook-deliveries.ts';
import { ALL_WEBHOOKS, webhooks } from '../projections/webhooks.ts';

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

api.query('/webhooks', pageQuery, ({ query }) => listDocuments(store, webhooks, ALL_WEBHOOKS, query));

api.query('/webhooks/:webhookId/deliveries', pageQuery, ({ params: { webhookId = '' }, query }) =>
  listDocuments(store, webhookDeliveries, webhookId, { ...query, newestFirst: true }),
);

export const { handler } = api;
