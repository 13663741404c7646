import { z } from 'zod';
import { customerOf } from '../../../shared/define/event.ts';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { orderSummary } from '../projections/order-summary.ts';

const store = views();
const api = httpApi();

api.query('/orders/:orderId', z.strictObject({}), ({ params: { orderId = '' } }) =>
  findDocument(store, orderSummary, { group: customerOf(orderId), item: orderId }),
);

api.query('/customers/:customerId/orders', pageQuery, ({ params: { customerId = '' }, query }) =>
  listDocuments(store, orderSummary, customerId, query),
);

export const { handler } = api;
