import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { CreatePromotion, Redemption } from './commands.ts';
import {
  promotion as definition,
  PromotionActivated,
  PromotionCreated,
  PromotionEnded,
  PromotionRedeemed,
  PromotionRedemptionRejected,
  PromotionRedemptionReleased,
  type PromotionEvent,
} from './events.ts';

/** How far an order has come with a promotion. `redeemed` is the only status that it ever leaves. */
interface Claim {
  readonly orderId: string;
  readonly status: 'redeemed' | 'rejected' | 'released';
}

/**
 * Newest first, each state sharing the rest with the one before. An event says whether it takes or frees a place, so
 * folding looks nothing up: 100 000 redemptions are 100 000 steps, and a decision walks the list once.
 */
interface Claims extends Claim {
  readonly earlier: Claims | undefined;
}

interface Terms {
  readonly skus: readonly string[];
  readonly percent: number;
  readonly limit: number;
}

interface Redemptions {
  /** Redeemed minus released: never above the limit. */
  readonly standing: number;
  readonly claims: Claims | undefined;
}

type EndReason = 'by-command' | 'limit-reached';

/** A promotion's life: none → draft → active → ended. */
export type PromotionState =
  | { readonly status: 'none' }
  | ({ readonly status: 'draft' | 'active' } & Terms & Redemptions)
  | ({ readonly status: 'ended'; readonly because: EndReason } & Terms & Redemptions);

export const promotion: Aggregate<PromotionState, PromotionEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    if (event.eventType === 'PromotionCreatedEvent') {
      const { skus, percent, limit } = event.payload;
      return { status: 'draft', skus, percent, limit, standing: 0, claims: undefined };
    }
    if (state.status === 'none') return state;
    const told = (status: Claim['status'], orderId: string): Claims => ({
      orderId,
      status,
      earlier: state.claims,
    });
    switch (event.eventType) {
      case 'PromotionActivatedEvent':
        return { ...state, status: 'active' };
      case 'PromotionRedeemedEvent':
        return { ...state, standing: state.standing + 1, claims: told('redeemed', event.payload.orderId) };
      case 'PromotionRedemptionRejectedEvent':
        return { ...state, claims: told('rejected', event.payload.orderId) };
      case 'PromotionRedemptionReleasedEvent': {
        const { orderId, freed } = event.payload;
        return { ...state, standing: state.standing - (freed ? 1 : 0), claims: told('released', orderId) };
      }
      case 'PromotionEndedEvent':
        return { ...state, status: 'ended', because: event.payload.reason };
    }
  },
};

const unknown = (): BusinessError =>
  new BusinessError('promotion-unknown', 'there is no such promotion', 'not-found');

const claimOf = (claims: Claims | undefined, orderId: string): Claim | undefined => {
  for (let found = claims; found; found = found.earlier) if (found.orderId === orderId) return found;
  return undefined;
};

/** A SKU named twice is under the promotion once. */
export const createPromotion = (state: PromotionState, terms: CreatePromotion): NewEvent[] => {
  if (state.status !== 'none') throw new BusinessError('promotion-exists', 'the promotion exists already');
  return [PromotionCreated.of({ ...terms, skus: [...new Set(terms.skus)] })];
};

export const activatePromotion = (state: PromotionState, promotionId: string): NewEvent[] => {
  switch (state.status) {
    case 'none':
      throw unknown();
    case 'draft':
      return [PromotionActivated.of({ promotionId, skus: [...state.skus], percent: state.percent })];
    case 'active':
      return [];
    case 'ended':
      throw new BusinessError('promotion-state', 'an ended promotion cannot be activated');
  }
};

export const endPromotion = (state: PromotionState, promotionId: string): NewEvent[] => {
  switch (state.status) {
    case 'none':
      throw unknown();
    case 'draft':
      throw new BusinessError('promotion-state', 'a draft promotion cannot be ended');
    case 'active':
      return [PromotionEnded.of({ promotionId, skus: [...state.skus], reason: 'by-command' })];
    case 'ended':
      return [];
  }
};

/**
 * One order under one promotion, once. What an order was told stands, and one that comes after its own release finds
 * the fence. A no is recorded, not thrown: the order goes on at the price it was quoted. Whoever takes the last
 * place ends the promotion with it, so an active one always has a place left.
 * @throws BusinessError `promotion-unknown`
 */
export const redeemPromotion = (state: PromotionState, redemption: Redemption): NewEvent[] => {
  if (state.status === 'none') throw unknown();
  if (claimOf(state.claims, redemption.orderId)) return [];
  const { promotionId } = redemption;
  if (state.status !== 'active') {
    const used = state.status === 'ended' && state.because === 'limit-reached';
    return [PromotionRedemptionRejected.of({ ...redemption, reason: used ? 'limit-reached' : 'not-active' })];
  }
  const last = state.standing + 1 >= state.limit;
  return [
    PromotionRedeemed.of({ ...redemption }),
    ...(last ? [PromotionEnded.of({ promotionId, skus: [...state.skus], reason: 'limit-reached' })] : []),
  ];
};

/**
 * Gives back what the order holds. Where it holds nothing yet, a fence keeps a late redemption out; a rejection is
 * such a fence already. An ended promotion stays ended: a place that is free again is nobody's.
 * @throws BusinessError `promotion-unknown`
 */
export const releaseRedemption = (state: PromotionState, redemption: Redemption): NewEvent[] => {
  if (state.status === 'none') throw unknown();
  const claim = claimOf(state.claims, redemption.orderId);
  if (claim && claim.status !== 'redeemed') return [];
  return [PromotionRedemptionReleased.of({ ...redemption, freed: claim !== undefined })];
};
