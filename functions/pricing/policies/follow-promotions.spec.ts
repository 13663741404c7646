import { describe, expect, it } from 'vitest';
import { reacting } from '../../../shared/consume/policy.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import type { NewEvent } from '../../../shared/define/event.ts';
import { commandContext } from '../../../shared/testing/command-context.ts';
import { envelopeOf, fixedClock } from '../../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { promotion, PromotionActivated, PromotionEnded } from '../../promotion/events.ts';
import { followPromotion, price, setPrice } from '../price.ts';
import { followPromotions } from './follow-promotions.ts';

const promotionId = 'P-1';
const skus = ['A', 'B', 'A'];
const activated = PromotionActivated.of({ promotionId, skus, percent: 10 });
const ended = PromotionEnded.of({ promotionId, skus, reason: 'limit-reached' });
const envelope = (event: NewEvent, sequence: number) =>
  envelopeOf(event, { aggregateId: promotionId, sequence });

const world = () => {
  const store = memoryEventStore();
  const run = commandHandler(store, fixedClock());
  const consumer = reacting(followPromotions, (step, context) =>
    run.executeAll(price, step.skus, context, (prices) => followPromotion(prices, step)),
  );
  return {
    price: (sku: string, amount: number) =>
      run.execute(price, sku, commandContext(`set ${sku} ${amount}`), (state) =>
        setPrice(sku, state, { price: { amount, currency: 'EUR' } }, new Date(0)),
      ),
    deliver: (event: NewEvent, sequence: number) =>
      consumer.process([deliveryOf(promotion, envelope(event, sequence))]),
    amount: async (sku: string) => (await run.state(price, sku)).current?.price.amount,
    commits: async (sku: string) => (await store.load(price.definition, sku)).length,
  };
};

describe('follow-promotions', () => {
  it('starts and ends a promotion for each of its SKUs once', () => {
    expect(followPromotions.react(envelope(activated, 2))).toStrictEqual({
      kind: 'start',
      promotionId,
      percent: 10,
      skus: ['A', 'B'],
    });
    expect(followPromotions.react(envelope(ended, 3))).toStrictEqual({
      kind: 'end',
      promotionId,
      skus: ['A', 'B'],
    });
  });

  it('lowers all of its prices and raises them again, those set meanwhile included', async () => {
    const w = world();
    await w.price('A', 1_000);
    await w.deliver(activated, 2);
    expect([await w.amount('A'), await w.amount('B')]).toStrictEqual([900, undefined]);
    await w.price('B', 500);
    expect(await w.amount('B')).toBe(450);
    await w.deliver(ended, 3);
    expect([await w.amount('A'), await w.amount('B')]).toStrictEqual([1_000, 500]);
  });

  it('takes effect once, and never after the end, however often the events come', async () => {
    const w = world();
    await w.price('A', 1_000);
    for (const [event, sequence] of [
      [activated, 2],
      [activated, 2],
      [ended, 3],
      [activated, 2],
      [ended, 3],
    ] as const) {
      expect(await w.deliver(event, sequence)).toStrictEqual([{ kind: 'applied' }]);
    }
    expect(await w.amount('A')).toBe(1_000);
    expect([await w.commits('A'), await w.commits('B')]).toStrictEqual([3, 2]);
  });
});
