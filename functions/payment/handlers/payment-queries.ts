import { z } from 'zod';
import { parse } from '../../../shared/define/parse.ts';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { dayTotals } from '../day-totals.ts';
import { dayLedger } from '../projections/day-ledger.ts';
import { paymentOfOrder } from '../projections/payment-of-order.ts';

const store = views();
const api = httpApi();
const ledgerPath = z.object({ day: z.iso.date() });

api.query('/payments/:orderId', z.strictObject({}), ({ params: { orderId = '' } }) =>
  findDocument(store, paymentOfOrder, { group: orderId, item: orderId }),
);

api.query('/payments/ledger/:day', pageQuery, async ({ params, query }) => {
  const { day } = parse(ledgerPath, params, 'path');
  const [page, totals] = await Promise.all([
    listDocuments(store, dayLedger, day, query),
    dayTotals(store, day),
  ]);
  return { day, ...page, ...totals };
});

export const { handler } = api;
