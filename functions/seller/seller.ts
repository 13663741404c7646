import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { RegisterSeller, SuspendSeller } from './commands.ts';
import {
  seller as definition,
  SellerApproved,
  SellerRegistered,
  SellerSuspended,
  type SellerEvent,
} from './events.ts';

/** A seller's life: none → registered → approved ⇄ suspended. */
export interface SellerState {
  readonly status: 'none' | 'registered' | 'approved' | 'suspended';
}

export const seller: Aggregate<SellerState, SellerEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (_, event) => {
    switch (event.eventType) {
      case 'SellerRegisteredEvent':
        return { status: 'registered' };
      case 'SellerApprovedEvent':
        return { status: 'approved' };
      case 'SellerSuspendedEvent':
        return { status: 'suspended' };
    }
  },
};

const unknown = (): BusinessError =>
  new BusinessError('seller-unknown', 'there is no such seller', 'not-found');

export const registerSeller = ({ status }: SellerState, { sellerId, name }: RegisterSeller): NewEvent[] => {
  if (status !== 'none') throw new BusinessError('seller-exists', 'the seller is registered already');
  return [SellerRegistered.of({ sellerId, name })];
};

/** A new seller is let in, a suspended one let in again. */
export const approveSeller = ({ status }: SellerState, sellerId: string): NewEvent[] => {
  if (status === 'none') throw unknown();
  return status === 'approved' ? [] : [SellerApproved.of({ sellerId })];
};

export const suspendSeller = (
  { status }: SellerState,
  { sellerId, reason }: SuspendSeller & { readonly sellerId: string },
): NewEvent[] => {
  if (status === 'none') throw unknown();
  if (status === 'registered')
    throw new BusinessError('seller-state', 'a seller who was never approved cannot be suspended');
  return status === 'suspended' ? [] : [SellerSuspended.of({ sellerId, reason })];
};
