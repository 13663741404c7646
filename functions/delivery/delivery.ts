import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { Address } from '../../shared/define/address.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { CancelDelivery, CarrierEvent, CarrierReply } from './commands.ts';
import {
  delivery as definition,
  DeliveryArranged,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryDispatched,
  type DeliveryEvent,
  type ParcelLine,
} from './events.ts';

interface Parcel {
  readonly orderId: string;
  readonly customerId: string;
  readonly trackingId: string;
  readonly lines: readonly ParcelLine[];
}

/** A delivery's life: none → arranged → dispatched → completed, or cancelled before it is dispatched. */
export type DeliveryState =
  | { readonly status: 'none' }
  | ({ readonly status: 'arranged' | 'dispatched' | 'completed' } & Parcel)
  | { readonly status: 'cancelled'; readonly reason: string };

/** What the saga asked the carrier for. */
export interface RequestedDelivery {
  readonly orderId: string;
  readonly customerId: string;
  readonly address: Address;
  readonly lines: readonly ParcelLine[];
}

export const delivery: Aggregate<DeliveryState, DeliveryEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'DeliveryArrangedEvent': {
        const { orderId, customerId, trackingId, lines } = event.payload;
        return { status: 'arranged', orderId, customerId, trackingId, lines };
      }
      case 'DeliveryCancelledEvent':
        return { status: 'cancelled', reason: event.payload.reason };
      case 'DeliveryDispatchedEvent':
        return state.status === 'arranged' ? { ...state, status: 'dispatched' } : state;
      case 'DeliveryCompletedEvent':
        return state.status === 'dispatched' ? { ...state, status: 'completed' } : state;
    }
  },
};

const refuse = (state: DeliveryState, wish: string): BusinessError =>
  state.status === 'none'
    ? new BusinessError('delivery-unknown', 'there is no such delivery', 'not-found')
    : new BusinessError('delivery-state', `a delivery that is ${state.status} cannot be ${wish}`);

/**
 * The carrier's first answer counts. Repeated, contradicted, or after the saga took the delivery back (the
 * fence), it changes nothing.
 */
export const settleDelivery = (
  state: DeliveryState,
  { orderId, customerId, address, lines }: RequestedDelivery,
  reply: CarrierReply,
): NewEvent[] => {
  if (state.status !== 'none') return [];
  return reply.status === 'accepted'
    ? [DeliveryArranged.of({ orderId, customerId, trackingId: reply.trackingId, address, lines: [...lines] })]
    : [DeliveryCancelled.of({ orderId, customerId, reason: reply.reason })];
};

/**
 * Takes a delivery back, or leaves the fence that keeps a late answer from arranging it. A parcel on its way
 * comes back as a return, not as a cancellation.
 */
export const cancelDelivery = (
  state: DeliveryState,
  { orderId, customerId, reason }: CancelDelivery,
): NewEvent[] => {
  if (state.status === 'cancelled') return [];
  if (state.status !== 'none' && state.status !== 'arranged') throw refuse(state, 'cancelled');
  return [DeliveryCancelled.of({ orderId, customerId, reason })];
};

export const dispatchDelivery = (state: DeliveryState): NewEvent[] => {
  if (state.status === 'dispatched' || state.status === 'completed') return [];
  if (state.status !== 'arranged') throw refuse(state, 'dispatched');
  const { orderId, customerId, trackingId, lines } = state;
  return [DeliveryDispatched.of({ orderId, customerId, trackingId, lines: [...lines] })];
};

export const completeDelivery = (state: DeliveryState): NewEvent[] => {
  if (state.status === 'completed') return [];
  if (state.status !== 'dispatched') throw refuse(state, 'completed');
  return [DeliveryCompleted.of({ orderId: state.orderId, customerId: state.customerId })];
};

/**
 * Follows a parcel by what its carrier says of it. A carrier's messages may overtake each other: one that comes
 * before the one it builds on is refused, and taken when the carrier sends it again.
 */
export const followParcel = (state: DeliveryState, { status }: CarrierEvent): NewEvent[] => {
  switch (status) {
    case 'dispatched':
      return dispatchDelivery(state);
    case 'delivered':
      return completeDelivery(state);
  }
};
