import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import type { CreatePromotion } from './commands.ts';
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
  createPromotion,
  endPromotion,
  promotion,
  redeemPromotion,
  releaseRedemption,
} from './promotion.ts';

const promotionId = 'SPRING';
const skus = ['SKU-1', 'SKU-2'];
const percent = 20;
const terms: CreatePromotion = { promotionId, name: 'Spring sale', skus, percent, limit: 2 };
const by = (n: number) => ({
  promotionId,
  orderId: `C-${n}.00000000-0000-8000-8000-${String(n).padStart(12, '0')}`,
  customerId: `C-${n}`,
});

const created = PromotionCreated.of(terms);
const active = [created, PromotionActivated.of({ promotionId, skus, percent })];
const redeemed = (n: number) => PromotionRedeemed.of(by(n));
const released = (n: number, freed: boolean) => PromotionRedemptionReleased.of({ ...by(n), freed });
const rejected = (n: number, reason: 'limit-reached' | 'not-active') =>
  PromotionRedemptionRejected.of({ ...by(n), reason });
const endedBy = (reason: 'by-command' | 'limit-reached') => PromotionEnded.of({ promotionId, skus, reason });
const usedUp = [...active, redeemed(1), redeemed(2), endedBy('limit-reached')];

describe('a promotion', () => {
  it('is created once, each of its SKUs once', () => {
    const twice = { ...terms, skus: ['SKU-1', 'SKU-2', 'SKU-1'] };
    given(promotion)
      .when((state) => createPromotion(state, twice))
      .then([created]);
    given(promotion, [created])
      .when((state) => createPromotion(state, terms))
      .thenRefused('promotion-exists');
  });

  it('goes from draft to active to ended, and repeats change nothing', () => {
    given(promotion, [created])
      .when((state) => activatePromotion(state, promotionId))
      .then(active.slice(1));
    given(promotion, active)
      .when((state) => activatePromotion(state, promotionId))
      .then([]);
    given(promotion, active)
      .when((state) => endPromotion(state, promotionId))
      .then([endedBy('by-command')]);
    given(promotion, usedUp)
      .when((state) => endPromotion(state, promotionId))
      .then([]);
  });

  it('never comes back once it has ended, and a draft has nothing to end', () => {
    given(promotion, usedUp)
      .when((state) => activatePromotion(state, promotionId))
      .thenRefused('promotion-state');
    given(promotion, [created])
      .when((state) => endPromotion(state, promotionId))
      .thenRefused('promotion-state');
  });

  it('that nobody created is unknown to every command', () => {
    const story = given(promotion);
    story.when((state) => activatePromotion(state, promotionId)).thenRefused('promotion-unknown');
    story.when((state) => endPromotion(state, promotionId)).thenRefused('promotion-unknown');
    story.when((state) => redeemPromotion(state, by(1))).thenRefused('promotion-unknown');
    story.when((state) => releaseRedemption(state, by(1))).thenRefused('promotion-unknown');
  });
});

describe('redeeming', () => {
  it('takes a place, for an order once', () => {
    given(promotion, active)
      .when((state) => redeemPromotion(state, by(1)))
      .then([redeemed(1)]);
    given(promotion, [...active, redeemed(1)])
      .when((state) => redeemPromotion(state, by(1)))
      .then([]);
  });

  it('of the last place ends the promotion with it', () => {
    given(promotion, [...active, redeemed(1)])
      .when((state) => redeemPromotion(state, by(2)))
      .then([redeemed(2), endedBy('limit-reached')]);
  });

  it('is rejected once the limit is reached, and says so only once', () => {
    given(promotion, usedUp)
      .when((state) => redeemPromotion(state, by(3)))
      .then([rejected(3, 'limit-reached')]);
    given(promotion, [...usedUp, rejected(3, 'limit-reached')])
      .when((state) => redeemPromotion(state, by(3)))
      .then([]);
  });

  it.each([
    ['a draft', [created]],
    ['ended by command', [...active, endedBy('by-command')]],
  ])('is rejected while the promotion is %s', (_, history) => {
    given(promotion, history)
      .when((state) => redeemPromotion(state, by(1)))
      .then([rejected(1, 'not-active')]);
  });

  it('stays rejected for that order, also when a place is free again', () => {
    given(promotion, [created, rejected(1, 'not-active'), ...active.slice(1)])
      .when((state) => redeemPromotion(state, by(1)))
      .then([]);
  });
});

describe('releasing', () => {
  it('gives a place back to others while the promotion is active', () => {
    given(promotion, [...active, redeemed(1)])
      .when((state) => releaseRedemption(state, by(1)))
      .then([released(1, true)]);
    given(promotion, [...active, redeemed(1), released(1, true)])
      .when((state) => redeemPromotion(state, by(2)))
      .then([redeemed(2)]);
  });

  it('frees nothing for new orders once the promotion has ended', () => {
    given(promotion, usedUp)
      .when((state) => releaseRedemption(state, by(1)))
      .then([released(1, true)]);
    given(promotion, [...usedUp, released(1, true)])
      .when((state) => redeemPromotion(state, by(3)))
      .then([rejected(3, 'limit-reached')]);
  });

  it('before its redemption is a fence that the redemption finds', () => {
    given(promotion, active)
      .when((state) => releaseRedemption(state, by(1)))
      .then([released(1, false)]);
    given(promotion, [...active, released(1, false)])
      .when((state) => redeemPromotion(state, by(1)))
      .then([]);
    expect(fold(promotion, envelopesOf(promotionId, [...active, released(1, false)]))).toMatchObject({
      standing: 0,
    });
  });

  it('changes nothing a second time, and nothing of what was rejected', () => {
    given(promotion, [...active, redeemed(1), released(1, true)])
      .when((state) => releaseRedemption(state, by(1)))
      .then([]);
    given(promotion, [...usedUp, rejected(3, 'limit-reached')])
      .when((state) => releaseRedemption(state, by(3)))
      .then([]);
  });
});
