import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopeOf, envelopesOf, fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import {
  PromotionActivated,
  PromotionCreated,
  PromotionEnded,
  PromotionRedeemed,
  PromotionRedemptionRejected,
  PromotionRedemptionReleased,
} from './events.ts';
import {
  activatePromotion,
  endPromotion,
  promotion,
  redeemPromotion,
  releaseRedemption,
  type PromotionState,
} from './promotion.ts';

const promotionId = 'SPRING';
const skus = ['SKU-1'];
const by = (n: number) => ({
  promotionId,
  orderId: `C-${n}.00000000-0000-8000-8000-${String(n).padStart(12, '0')}`,
  customerId: `C-${n}`,
});
const created = (limit: number) =>
  PromotionCreated.of({ promotionId, name: 'Spring sale', skus, percent: 20, limit });
const activated = PromotionActivated.of({ promotionId, skus, percent: 20 });

type Kind = 'redeem' | 'release' | 'activate' | 'end';

const decide = (kind: Kind, order: number) => (state: PromotionState) => {
  switch (kind) {
    case 'redeem':
      return redeemPromotion(state, by(order));
    case 'release':
      return releaseRedemption(state, by(order));
    case 'activate':
      return activatePromotion(state, promotionId);
    case 'end':
      return endPromotion(state, promotionId);
  }
};

/** What must hold of every history of a promotion, told by its events alone. */
const check = (events: readonly EventEnvelope[], limit: number): void => {
  const standing = new Set<string>();
  const told = new Set<string>();
  let ended = false;
  for (const event of events) {
    if (PromotionRedeemed.is(event)) {
      const { orderId } = event.payload;
      expect(told.has(orderId), 'an order redeems once, and not after its release').toBe(false);
      expect(ended, 'nothing is redeemed after the end').toBe(false);
      told.add(orderId);
      standing.add(orderId);
    }
    if (PromotionRedemptionRejected.is(event)) told.add(event.payload.orderId);
    if (PromotionRedemptionReleased.is(event)) {
      const { orderId, freed } = event.payload;
      expect(freed).toBe(standing.delete(orderId));
      told.add(orderId);
    }
    if (PromotionEnded.is(event)) {
      expect(ended, 'it ends once').toBe(false);
      if (event.payload.reason === 'limit-reached') expect(standing.size).toBe(limit);
      ended = true;
    }
    expect(standing.size).toBeLessThanOrEqual(limit);
  }
  expect(ended || standing.size < limit, 'an active promotion has a place left').toBe(true);
};

const steps = (maxLength: number) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('redeem', 'redeem', 'redeem', 'release', 'release', 'activate', 'end'),
      order: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 1, maxLength },
  );

const limits = fc.integer({ min: 1, max: 4 });

describe('whatever the order of commands and their repeats', () => {
  it('the limit holds, each order counts once, and the end is for good', () => {
    fc.assert(
      fc.property(limits, steps(40), (limit, course) => {
        const history: NewEvent[] = [created(limit)];
        for (const { kind, order } of course) {
          try {
            history.push(...decide(kind, order)(fold(promotion, envelopesOf(promotionId, history))));
          } catch (error) {
            expect(error).toBeInstanceOf(BusinessError);
          }
          const events = envelopesOf(promotionId, history);
          // A draft has no end: only from its activation on does every place count.
          check(events, limit);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a command repeated at once changes nothing', () => {
    fc.assert(
      fc.property(limits, steps(20), (limit, course) => {
        const history: NewEvent[] = [created(limit), activated];
        const state = () => fold(promotion, envelopesOf(promotionId, history));
        for (const { kind, order } of course.filter(({ kind }) => kind === 'redeem' || kind === 'release')) {
          history.push(...decide(kind, order)(state()));
          expect(decide(kind, order)(state())).toEqual([]);
        }
      }),
    );
  });
});

describe('however writers race', () => {
  it('the limit holds, and the place that fills it ends the promotion', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), limits, steps(8), async (scheduler, limit, course) => {
        const store = memoryEventStore();
        const calm = commandHandler(store, fixedClock());
        const racing = commandHandler(
          {
            ...store,
            load: async (...of) => scheduler.schedule(store.load(...of), 'loaded'),
            append: async (commits) => {
              await scheduler.schedule(Promise.resolve(), 'append');
              await store.append(commits);
            },
          },
          fixedClock(),
        );
        await calm.execute(promotion, promotionId, commandContext('create'), () => [
          created(limit),
          activated,
        ]);
        // The same step twice in a course is the same command twice, as a redelivered event makes it.
        const started = course.map(({ kind, order }) =>
          racing.execute(promotion, promotionId, commandContext(`${kind} ${order}`), decide(kind, order)),
        );
        for (const end of await scheduler.waitFor(Promise.allSettled(started))) {
          if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(BusinessError);
        }
        check(
          (await store.load(promotion.definition, promotionId)).flatMap(({ events }) => events),
          limit,
        );
      }),
      { numRuns: 80 },
    );
  });
});

describe('a promotion of 100 000 redemptions', () => {
  it('is folded in one step an event, and decided on in one walk', { timeout: 60_000 }, () => {
    const orders = 100_000;
    const evolved = fold(
      promotion,
      (function* () {
        yield envelopeOf(created(orders), { aggregateId: promotionId });
        yield envelopeOf(activated, { aggregateId: promotionId, sequence: 2 });
        for (let n = 1; n < orders; n += 1)
          yield envelopeOf(PromotionRedeemed.of(by(n)), { aggregateId: promotionId, sequence: n + 2 });
      })(),
    );
    expect(evolved).toMatchObject({ status: 'active', standing: orders - 1 });
    expect(redeemPromotion(evolved, by(1))).toEqual([]);
    expect(redeemPromotion(evolved, by(orders)).map(({ definition }) => definition.type)).toEqual([
      PromotionRedeemed.type,
      PromotionEnded.type,
    ]);
  });
});
