import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PricePromotionEnded, PricePromotionStarted, PriceScheduled, PriceSet } from '../events.ts';
import { currentPrice } from './current-price.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const from = (hour: number) => `2026-03-02T0${hour}:00:00.000Z`;

const history = (sku: string): NewEvent[] => [
  PricePromotionStarted.of({ sku, promotionId: 'P-2', percent: 10 }),
  PriceSet.of({ sku, price: eur(450), basePrice: eur(500), promotionId: 'P-2' }),
  PriceScheduled.of({ sku, scheduleId: 'S-1', basePrice: eur(400), from: from(2) }),
  PriceScheduled.of({ sku, scheduleId: 'S-2', basePrice: eur(300), from: from(1) }),
  PricePromotionStarted.of({ sku, promotionId: 'P-1', percent: 5 }),
  PriceSet.of({ sku, price: eur(270), basePrice: eur(300), promotionId: 'P-2', scheduleId: 'S-2' }),
  PricePromotionEnded.of({ sku, promotionId: 'P-2' }),
  PriceSet.of({ sku, price: eur(285), basePrice: eur(300), promotionId: 'P-1' }),
  PricePromotionEnded.of({ sku, promotionId: 'P-1' }),
  PriceSet.of({ sku, price: eur(300), basePrice: eur(300) }),
];

const view = async (events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  const deliveries = envelopesOf('SKU-1', events).map((event) => ({ key: 'SKU-1', event }));
  await projecting(currentPrice, store).process(deliveries);
  return findDocument(store, currentPrice, { group: 'SKU-1', item: 'SKU-1' });
};

describe('the current price', () => {
  it('takes every event of a price, so that a missing one shows', () => {
    expect(currentPrice.complete).toBe(true);
  });

  it('says what a SKU costs, under which promotions, and what it will cost, soonest first', async () => {
    expect(await view(history('SKU-1').slice(0, 5))).toStrictEqual({
      sku: 'SKU-1',
      price: eur(450),
      basePrice: eur(500),
      promotionId: 'P-2',
      promotions: [
        { promotionId: 'P-1', percent: 5 },
        { promotionId: 'P-2', percent: 10 },
      ],
      schedules: [
        { scheduleId: 'S-2', basePrice: eur(300), from: from(1) },
        { scheduleId: 'S-1', basePrice: eur(400), from: from(2) },
      ],
      updatedAt: '2026-03-01T12:00:00.004Z',
      sequence: 5,
    });
  });

  it('forgets a promotion that has ended and a schedule that has taken effect', async () => {
    expect(await view(history('SKU-1'))).toStrictEqual({
      sku: 'SKU-1',
      price: eur(300),
      basePrice: eur(300),
      promotions: [],
      schedules: [{ scheduleId: 'S-1', basePrice: eur(400), from: from(2) }],
      updatedAt: '2026-03-01T12:00:00.009Z',
      sequence: 10,
    });
  });

  it('has no price for a SKU that only a promotion has named', async () => {
    expect(await view(history('SKU-1').slice(0, 1))).toStrictEqual({
      sku: 'SKU-1',
      promotions: [{ promotionId: 'P-2', percent: 10 }],
      schedules: [],
      updatedAt: '2026-03-01T12:00:00.000Z',
      sequence: 1,
    });
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = ['SKU-1', 'SKU-2'].map((sku) => envelopesOf(sku, history(sku)));
    await expectSameHoweverDelivered(currentPrice, streams);
  });
});
