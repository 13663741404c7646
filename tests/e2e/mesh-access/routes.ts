import { randomUUID } from 'node:crypto';

/** A customer, a SKU and an order that nobody knows. */
export const nobody = randomUUID();
export const unknownOrder = `${nobody}.${randomUUID()}`;

export const address = { line1: 'Hauptstrasse 1', postcode: '10115', city: 'Berlin', country: 'DE' };
export const draft = { customerId: nobody, currency: 'EUR' };
export const item = { sku: 'sku-1', quantity: 1, unitPrice: { amount: 100, currency: 'EUR' } };
export const submission = { deliveryAddress: address, paymentMethod: 'card-ok' };

/** Every route that takes a command, with a body that its schema is content with. */
export const commandRoutes = [
  { method: 'POST', path: '/orders', body: draft },
  { method: 'POST', path: `/orders/${unknownOrder}/items`, body: item },
  { method: 'POST', path: `/orders/${unknownOrder}/submit`, body: submission },
  { method: 'POST', path: `/orders/${unknownOrder}/cancel`, body: { reason: 'changed-mind' } },
  { method: 'POST', path: '/inventory/sku-1/receipts', body: { quantity: 1 } },
  { method: 'POST', path: `/deliveries/${unknownOrder}/dispatch`, body: {} },
  { method: 'POST', path: `/deliveries/${unknownOrder}/complete`, body: {} },
  {
    method: 'POST',
    path: '/deliveries/carrier-callbacks',
    body: { reference: unknownOrder, status: 'accepted', trackingId: 'track-1' },
  },
  {
    method: 'PUT',
    path: `/customers/${nobody}/notification-preferences`,
    body: { email: 'ada@example.test' },
  },
  { method: 'POST', path: `/ops/sagas/${unknownOrder}/resume`, body: {} },
] as const;

/** Every route that answers a query about one thing, asked about nothing that is known. */
export const documentRoutes = [
  `/orders/${unknownOrder}`,
  `/orders/${unknownOrder}/saga`,
  `/payments/${unknownOrder}`,
  `/deliveries/${unknownOrder}`,
  '/inventory/sku-nobody-has',
  `/customers/${nobody}/notification-preferences`,
] as const;

/** Every route that answers a query with a list. */
export const listRoutes = [
  `/customers/${nobody}/orders`,
  `/customers/${nobody}/notifications`,
  '/payments/ledger/2020-02-29',
] as const;
