import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { allDocuments, findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { history } from '../projections/history.ts';
import { lifetimeValue, valueOf } from '../projections/lifetime-value.ts';
import { profile } from '../projections/profile.ts';
import { showProfile } from '../show-profile.ts';

const store = views();
const vault = personalData();
const api = httpApi();

api.query('/customers/:customerId', z.strictObject({}), async ({ params: { customerId = '' } }) => {
  const found = await findDocument(store, profile, { group: customerId, item: customerId });
  return found && showProfile(vault, found);
});

api.query('/customers/:customerId/history', pageQuery, async ({ params: { customerId = '' }, query }) => ({
  lifetimeValue: valueOf(await allDocuments(store, lifetimeValue, customerId)),
  ...(await listDocuments(store, history, customerId, query)),
}));

export const { handler } = api;
