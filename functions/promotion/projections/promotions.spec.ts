import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  promotion,
  PromotionActivated,
  PromotionCreated,
  PromotionEnded,
  PromotionRedeemed,
  PromotionRedemptionRejected,
  PromotionRedemptionReleased,
} from '../events.ts';
import { allPromotions, promotions } from './promotions.ts';

const skus = ['SKU-1'];
const history = (promotionId: string, limit: number): NewEvent[] => {
  const by = (n: number) => ({
    promotionId,
    orderId: `C-${n}.00000000-0000-8000-8000-00000000000${n}`,
    customerId: `C-${n}`,
  });
  return [
    PromotionCreated.of({ promotionId, name: 'Spring sale', skus, percent: 20, limit }),
    PromotionRedemptionRejected.of({ ...by(1), reason: 'not-active' }),
    PromotionActivated.of({ promotionId, skus, percent: 20 }),
    PromotionRedemptionReleased.of({ ...by(2), freed: false }),
    PromotionRedeemed.of(by(3)),
    PromotionRedeemed.of(by(4)),
    PromotionEnded.of({ promotionId, skus, reason: 'limit-reached' }),
    PromotionRedemptionReleased.of({ ...by(3), freed: true }),
    PromotionRedemptionRejected.of({ ...by(5), reason: 'limit-reached' }),
  ];
};

const fold = async (promotionId: string, events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  await projecting(promotions, store).process(
    envelopesOf(promotionId, events).map((event) => ({ key: promotionId, event })),
  );
  return findDocument(store, promotions, { group: allPromotions, item: promotionId });
};

describe('promotions', () => {
  it('takes every event of a promotion', () => {
    expect(new Set(promotions.listens.map(({ type }) => type))).toEqual(new Set(promotion.events.keys()));
  });

  it('counts what stands and what was rejected; a fence is neither', async () => {
    expect(await fold('SPRING', history('SPRING', 2))).toStrictEqual({
      promotionId: 'SPRING',
      name: 'Spring sale',
      skus,
      percent: 20,
      limit: 2,
      status: 'ended',
      reason: 'limit-reached',
      standing: 1,
      rejected: 2,
      createdAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.008Z',
      sequence: 9,
    });
  });

  it('follows a promotion from draft to active', async () => {
    expect(await fold('SPRING', history('SPRING', 2).slice(0, 1))).toMatchObject({ status: 'draft' });
    expect(await fold('SPRING', history('SPRING', 2).slice(0, 3))).toMatchObject({ status: 'active' });
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = ['SPRING', 'SUMMER'].map((id) => envelopesOf(id, history(id, 2)));
    await expectSameHoweverDelivered(promotions, streams);
  });
});
