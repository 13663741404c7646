import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PromotionRedeemed, PromotionRedemptionRejected, PromotionRedemptionReleased } from '../events.ts';
import { redemptions } from './redemptions.ts';

const orderOf = (n: number) => `C-${n}.00000000-0000-8000-8000-00000000000${n}`;
const history = (promotionId: string): NewEvent[] => {
  const by = (n: number) => ({ promotionId, orderId: orderOf(n), customerId: `C-${n}` });
  return [
    PromotionRedeemed.of(by(1)),
    PromotionRedeemed.of(by(2)),
    PromotionRedemptionRejected.of({ ...by(3), reason: 'limit-reached' }),
    PromotionRedemptionReleased.of({ ...by(2), freed: true }),
    PromotionRedemptionReleased.of({ ...by(4), freed: false }),
  ];
};

describe('redemptions', () => {
  it('says of each order what became of it', async () => {
    const store = memoryProjectionStore();
    await projecting(redemptions, store).process(
      envelopesOf('SPRING', history('SPRING')).map((event) => ({ key: 'SPRING', event })),
    );
    const { items } = await listDocuments(store, redemptions, 'SPRING', { limit: 10 });
    const row = (n: number, ms: number) => ({
      promotionId: 'SPRING',
      orderId: orderOf(n),
      customerId: `C-${n}`,
      updatedAt: `2026-03-01T12:00:00.00${ms}Z`,
    });
    expect(items).toStrictEqual([
      { ...row(1, 0), status: 'redeemed' },
      { ...row(2, 3), status: 'released' },
      { ...row(3, 2), status: 'rejected', reason: 'limit-reached' },
      { ...row(4, 4), status: 'released' },
    ]);
  });

  it('keeps a document an order, none of which grows with the promotion', async () => {
    const store = memoryProjectionStore();
    const by = (n: number) => ({
      promotionId: 'SPRING',
      orderId: `C-1.00000000-0000-8000-8000-${String(n).padStart(12, '0')}`,
      customerId: 'C-1',
    });
    const many = Array.from({ length: 2_000 }, (_, n) => PromotionRedeemed.of(by(n)));
    await projecting(redemptions, store).process(
      envelopesOf('SPRING', many).map((event) => ({ key: 'SPRING', event })),
    );
    const [last] = await store.read(redemptions.name, [{ group: 'SPRING', item: by(1_999).orderId }]);
    expect(last?.watermark).toBe('{"promotion/SPRING":2000}');
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = ['SPRING', 'SUMMER'].map((id) => envelopesOf(id, history(id)));
    await expectSameHoweverDelivered(redemptions, streams);
  });
});
