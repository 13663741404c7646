import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { opened } from '../../../shared/protect/opened.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { tracking } from '../projections/tracking.ts';

const store = views();
const vault = personalData();
const api = httpApi();

api.query('/deliveries/:orderId', z.strictObject({}), async ({ params: { orderId = '' } }) => {
  const found = await findDocument(store, tracking, { group: orderId, item: orderId });
  return found && opened(vault, found.customerId, found, 'address');
});

export const { handler } = api;
