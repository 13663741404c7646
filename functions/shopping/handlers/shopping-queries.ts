import { z } from 'zod';
import { httpApi } from '../../../shared/http/api.ts';
import { views } from '../../../shared/wire/resources.ts';
import { pricedCart } from '../priced-cart.ts';

const store = views();
const api = httpApi();

api.query('/carts/:customerId', z.strictObject({}), ({ params: { customerId = '' } }) =>
  pricedCart(store, customerId),
);

export const { handler } = api;
