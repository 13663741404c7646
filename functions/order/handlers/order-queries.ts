import { z } from 'zod';
import { customerOf } from '../../../shared/define/event.ts';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { opened } from '../../../shared/protect/opened.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { views } from '../../../shared/wire/resources.ts';
import { orderSummary, type OrderSummary } from '../projections/order-summary.ts';

const store = views();
const vault = personalData();
const api = httpApi();

const shown = (order: OrderSummary): Promise<object> =>
  opened(vault, order.customerId, order, 'deliveryAddress');

api.query('/orders/:orderId', z.strictObject({}), async ({ params: { orderId = '' } }) => {
  const found = await findDocument(store, orderSummary, { group: customerOf(orderId), item: orderId });
  return found && shown(found);
});

api.query('/customers/:customerId/orders', pageQuery, async ({ params: { customerId = '' }, query }) => {
  const page = await listDocuments(store, orderSummary, customerId, query);
  return { ...page, items: await Promise.all(page.items.map(shown)) };
});

export const { handler } = api;
