import type { Sealed } from '../../../shared/define/sealed.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import { CustomerAddressChanged, CustomerClosed, CustomerRegistered, CustomerValidated } from '../events.ts';

export interface ProfileView {
  readonly customerId: string;
  readonly status: 'registered' | 'validated' | 'closed';
  /** Sealed `{name, email}`; gone once closed. */
  readonly profile?: Sealed;
  /** A sealed postal address; gone once closed. */
  readonly address?: Sealed;
  readonly registeredAt: string;
  readonly updatedAt: string;
  /** Why it was closed. */
  readonly reason?: string;
}

/** A customer as they stand. Who they are stays sealed here, and is dropped once they are closed. */
export const profile = projection<ProfileView>('customer.profile', [
  init(CustomerRegistered, ({ payload: { customerId, profile }, occurredOn }) => ({
    customerId,
    status: 'registered',
    profile,
    registeredAt: occurredOn,
    updatedAt: occurredOn,
  })),
  when(CustomerValidated, (customer, { occurredOn }) => ({
    ...customer,
    status: 'validated',
    updatedAt: occurredOn,
  })),
  when(CustomerAddressChanged, (customer, { payload: { address }, occurredOn }) => ({
    ...customer,
    address,
    updatedAt: occurredOn,
  })),
  when(CustomerClosed, ({ customerId, registeredAt }, { payload: { reason }, occurredOn }) => ({
    customerId,
    status: 'closed',
    registeredAt,
    updatedAt: occurredOn,
    reason,
  })),
]);
