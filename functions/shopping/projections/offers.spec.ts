import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf, envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { InventoryReleased, InventoryReserved, StockReceived } from '../../inventory/events.ts';
import { PriceSet } from '../../pricing/events.ts';
import { ProductDiscontinued } from '../../product/events.ts';
import { offers } from './offers.ts';

const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const orderId = 'ada.00000000-0000-8000-8000-000000000001';

const streams = ['chair', 'table', 'stool'].flatMap((sku) => [
  envelopesOf(sku, [
    PriceSet.of({ sku, price: EUR(1_000), basePrice: EUR(1_000) }),
    PriceSet.of({ sku, price: EUR(900), basePrice: EUR(1_000), promotionId: 'spring' }),
    ...(sku === 'table' ? [PriceSet.of({ sku, price: EUR(1_100), basePrice: EUR(1_100) })] : []),
  ]),
  envelopesOf(sku, [
    StockReceived.of({ sku, quantity: 10 }),
    InventoryReserved.of({ sku, orderId, quantity: 4 }),
    InventoryReleased.of({ sku, orderId, quantity: 4, reason: 'cancelled' }),
    InventoryReserved.of({ sku, orderId, quantity: 1 }),
  ]),
  // A product is created before, of which an offer takes no notice.
  ...(sku === 'stool'
    ? [
        [
          envelopeOf(
            ProductDiscontinued.of({ sku, category: 'seats', sellerId: 'joiner', reason: 'sold out' }),
            { aggregateId: sku, sequence: 2 },
          ),
        ],
      ]
    : []),
]);
const inOrder = streams.flat().map((event) => ({ key: event.aggregateId, event }));

const offerOf = async (sku: string) => {
  const store = memoryProjectionStore();
  await projecting(offers, store).process(inOrder);
  return findDocument(store, offers, { group: sku, item: sku });
};

it('shows the last price, the promotion that made it, and what no order has reserved', async () => {
  expect(await offerOf('chair')).toEqual({
    sku: 'chair',
    price: EUR(900),
    promotionId: 'spring',
    available: 9,
  });
});

it('forgets a promotion with the price that it made', async () => {
  expect(await offerOf('table')).toEqual({ sku: 'table', price: EUR(1_100), available: 9 });
});

it('says what is sold no more, whatever is told of it besides', async () => {
  expect(await offerOf('stool')).toEqual({
    sku: 'stool',
    price: EUR(900),
    promotionId: 'spring',
    available: 9,
    discontinued: true,
  });
});

it('comes to the same offers whichever of price, stock and product is told first, and however often', () =>
  expectSameHoweverDelivered(offers, streams));
