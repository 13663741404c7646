import { describe, expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import type { EventStore } from '../../shared/decide/event-store.ts';
import { takingTurns } from '../../shared/decide/in-turn.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { order, OrderCancelled, OrderSubmitted } from '../order/events.ts';
import { PromotionActivated, PromotionCreated } from './events.ts';
import { followOrder } from './follow-order.ts';
import { followOrders } from './policies/follow-orders.ts';
import { promotion } from './promotion.ts';

const skus = ['SKU-1'];
const orderOf = (n: number) => `C-${n}.00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;
const linesOf = (promotionIds: readonly string[]) =>
  promotionIds.map((promotionId) => ({
    sku: `SKU-${promotionId}`,
    quantity: 1,
    unitPrice: { amount: 500, currency: 'EUR' },
    promotionId,
  }));

const submitted = (n: number, ...promotionIds: string[]) =>
  deliveryOf(
    order,
    envelopeOf(
      OrderSubmitted.of({
        customerId: `C-${n}`,
        lines: linesOf(promotionIds),
        total: { amount: 500, currency: 'EUR' },
        deliveryAddress: sealedForTest('address'),
        paymentMethod: 'card-ok',
      }),
      { aggregateId: orderOf(n) },
    ),
  );
const cancelled = (n: number, ...promotionIds: string[]) =>
  deliveryOf(
    order,
    envelopeOf(OrderCancelled.of({ customerId: `C-${n}`, reason: 'changed', lines: linesOf(promotionIds) }), {
      aggregateId: orderOf(n),
      sequence: 2,
    }),
  );

const mesh = (store: EventStore = memoryEventStore()) => {
  const run = commandHandler(store);
  return {
    consumer: reacting(followOrders, followOrder(run, takingTurns())),
    offer: (promotionId: string, limit: number) =>
      run.execute(promotion, promotionId, commandContext(`offer ${promotionId}`), () => [
        PromotionCreated.of({ promotionId, name: promotionId, skus, percent: 10, limit }),
        PromotionActivated.of({ promotionId, skus, percent: 10 }),
      ]),
    types: async (promotionId: string) =>
      (await store.load(promotion.definition, promotionId)).flatMap(({ events }) =>
        events.map(({ eventType }) => eventType),
      ),
    state: (promotionId: string) => run.state(promotion, promotionId),
  };
};

const applied = { kind: 'applied' };

describe('following orders', () => {
  it('redeems all promotions of an order, and releases them with it', async () => {
    const { consumer, offer, state } = mesh();
    await offer('SPRING', 5);
    await offer('CHAIRS', 5);
    expect(await consumer.process([submitted(1, 'SPRING', 'CHAIRS')])).toEqual([applied]);
    expect(await state('SPRING')).toMatchObject({ standing: 1 });
    expect(await state('CHAIRS')).toMatchObject({ standing: 1 });
    expect(await consumer.process([cancelled(1, 'SPRING', 'CHAIRS')])).toEqual([applied]);
    expect(await state('SPRING')).toMatchObject({ standing: 0 });
    expect(await state('CHAIRS')).toMatchObject({ standing: 0 });
  });

  it('takes effect once, however often an order is delivered', async () => {
    const { consumer, offer, types } = mesh();
    await offer('SPRING', 5);
    await consumer.process([submitted(1, 'SPRING'), cancelled(1, 'SPRING')]);
    await consumer.process([submitted(1, 'SPRING'), cancelled(1, 'SPRING'), submitted(1, 'SPRING')]);
    expect((await types('SPRING')).slice(2)).toEqual([
      'PromotionRedeemedEvent',
      'PromotionRedemptionReleasedEvent',
    ]);
  });

  it('keeps a redemption out that is redriven after its release', async () => {
    const { consumer, offer, state, types } = mesh();
    await offer('SPRING', 5);
    expect(await consumer.process([cancelled(1, 'SPRING'), submitted(1, 'SPRING')])).toEqual([
      applied,
      applied,
    ]);
    expect(await state('SPRING')).toMatchObject({ standing: 0 });
    expect((await types('SPRING')).slice(2)).toEqual(['PromotionRedemptionReleasedEvent']);
  });

  it('records a no as an event: it is an answer, not a refusal', async () => {
    const { consumer, offer, types } = mesh();
    await offer('SPRING', 1);
    expect(await consumer.process([submitted(1, 'SPRING'), submitted(2, 'SPRING')])).toEqual([
      applied,
      applied,
    ]);
    expect((await types('SPRING')).slice(2)).toEqual([
      'PromotionRedeemedEvent',
      'PromotionEndedEvent',
      'PromotionRedemptionRejectedEvent',
    ]);
  });

  it('refuses a promotion that nobody knows, and counts the others of the order all the same', async () => {
    const { consumer, offer, state } = mesh();
    await offer('SPRING', 5);
    const refusal = { kind: 'refused', error: { code: 'promotion-unknown' } };
    expect(await consumer.process([submitted(1, 'NOBODY', 'SPRING')])).toMatchObject([refusal]);
    expect(await consumer.process([submitted(1, 'NOBODY', 'SPRING')])).toMatchObject([refusal]);
    expect(await state('SPRING')).toMatchObject({ standing: 1 });
    expect(await state('NOBODY')).toEqual({ status: 'none' });
  });

  it('takes a rush on one promotion without its writers overtaking each other', async () => {
    const store = memoryEventStore();
    let appends = 0;
    const { consumer, offer, state } = mesh({
      ...store,
      append: async (commits) => {
        appends += 1;
        await store.append(commits);
      },
    });
    await offer('SPRING', 30);
    appends = 0;
    const rush = Array.from({ length: 60 }, (_, n) => submitted(n, 'SPRING'));
    expect(new Set((await consumer.process(rush)).map(({ kind }) => kind))).toEqual(new Set(['applied']));
    expect(await state('SPRING')).toMatchObject({ status: 'ended', standing: 30 });
    expect(appends).toBe(60);
  });
});
