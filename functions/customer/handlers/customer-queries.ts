import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { history } from '../projections/history.ts';
import { lifetimeValue, valueOf, type MonthOfCustomer } from '../projections/lifetime-value.ts';
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
  lifetimeValue: valueOf(await monthsOf(customerId)),
  ...(await listDocuments(store, history, customerId, query)),
}));

/** A page holds over eight years. */
const monthsOf = async (customerId: string): Promise<readonly MonthOfCustomer[]> => {
  const months: MonthOfCustomer[] = [];
  let after: string | undefined;
  do {
    const page = await listDocuments(store, lifetimeValue, customerId, { limit: 100, after });
    months.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return months;
};

export const { handler } = api;
