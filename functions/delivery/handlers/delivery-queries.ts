import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { tracking } from '../projections/tracking.ts';

const store = views();
const api = httpApi();

api.query('/deliveries/:orderId', z.strictObject({}), ({ params: { orderId = '' } }) =>
  findDocument(store, tracking, { group: orderId, item: orderId }),
);

export const { handler } = api;
