import { expect, it } from 'vitest';
import { legacyPriceChanged } from './commands.ts';

const event = {
  eventId: 'erp-4711',
  eventType: 'price.changed',
  eventVersion: '2.0.0',
  timestamp: '2026-03-01T12:00:00Z',
  source: 'erp-service',
  data: { sku: 'sku-1', price: 19.99, currency: 'EUR' },
};

it("takes a legacy system's price for a base price in minor units", () => {
  expect(legacyPriceChanged.parse(event).data).toEqual({
    sku: 'sku-1',
    price: { amount: 1_999, currency: 'EUR' },
  });
});

it.each([
  [{ price: 19.999 }, ['data', 'price', 'amount']],
  [{ currency: 'euro' }, ['data', 'price', 'currency']],
  [{ sku: '' }, ['data', 'sku']],
])('refuses one with %j', (change, path) => {
  const { error } = legacyPriceChanged.safeParse({ ...event, data: { ...event.data, ...change } });
  expect(error?.issues.map((issue) => issue.path)).toEqual([path]);
});
