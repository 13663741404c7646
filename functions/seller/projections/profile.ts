import { init, projection, when } from '../../../shared/project/projection.ts';
import { SellerApproved, SellerRegistered, SellerSuspended } from '../events.ts';

export interface Profile {
  readonly sellerId: string;
  readonly name: string;
  readonly status: 'registered' | 'approved' | 'suspended';
  /** Why the seller is suspended. */
  readonly reason?: string | undefined;
  readonly registeredAt: string;
  readonly updatedAt: string;
}

/** A seller as they stand. */
export const profile = projection<Profile>('seller.profile', [
  init(SellerRegistered, ({ payload, occurredOn }) => ({
    ...payload,
    status: 'registered',
    registeredAt: occurredOn,
    updatedAt: occurredOn,
  })),
  when(SellerApproved, (doc, { occurredOn }) => ({
    ...doc,
    status: 'approved',
    reason: undefined,
    updatedAt: occurredOn,
  })),
  when(SellerSuspended, (doc, { payload: { reason }, occurredOn }) => ({
    ...doc,
    status: 'suspended',
    reason,
    updatedAt: occurredOn,
  })),
]);
