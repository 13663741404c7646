import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { Sealed } from '../../shared/define/sealed.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { CloseCustomer } from './commands.ts';
import {
  customer as definition,
  CustomerAddressChanged,
  CustomerClosed,
  CustomerRegistered,
  CustomerValidated,
  type CustomerEvent,
} from './events.ts';

/** A customer's life: none → registered → validated, closed for good from either. */
export type CustomerState =
  | { readonly status: 'none' }
  | {
      readonly status: 'registered' | 'validated';
      readonly customerId: string;
      /** As sealed as in the event. */
      readonly address?: Sealed | undefined;
    }
  | { readonly status: 'closed' };

type OpenCustomer = Extract<CustomerState, { readonly customerId: string }>;

export const customer: Aggregate<CustomerState, CustomerEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'CustomerRegisteredEvent':
        return { status: 'registered', customerId: event.payload.customerId };
      case 'CustomerValidatedEvent':
        return state.status === 'registered' ? { ...state, status: 'validated' } : state;
      case 'CustomerAddressChangedEvent':
        return isOpen(state) ? { ...state, address: event.payload.address } : state;
      case 'CustomerClosedEvent':
        return { status: 'closed' };
    }
  },
};

const isOpen = (state: CustomerState): state is OpenCustomer =>
  state.status === 'registered' || state.status === 'validated';

const unknown = (): BusinessError =>
  new BusinessError('customer-unknown', 'there is no such customer', 'not-found');
const closed = (): BusinessError => new BusinessError('customer-closed', 'the customer is closed for good');

/** The customer, open. @throws BusinessError `customer-unknown`, `customer-closed` */
export const openCustomer = (state: CustomerState): OpenCustomer => {
  if (isOpen(state)) return state;
  throw state.status === 'none' ? unknown() : closed();
};

/** An id belongs to one customer for ever, also after they have gone. */
export const registerCustomer = (
  state: CustomerState,
  { customerId, profile }: { readonly customerId: string; readonly profile: Sealed },
): NewEvent[] => {
  if (state.status === 'closed') throw closed();
  if (state.status !== 'none') throw new BusinessError('customer-exists', 'the customer exists already');
  return [CustomerRegistered.of({ customerId, profile })];
};

export const verifyCustomer = (state: CustomerState): NewEvent[] => {
  const { status, customerId } = openCustomer(state);
  return status === 'validated' ? [] : [CustomerValidated.of({ customerId })];
};

/** @param address the text of the present state where it holds the same address (`sealUnlessSame`) */
export const changeAddress = (state: CustomerState, address: Sealed): NewEvent[] => {
  const { customerId, address: present } = openCustomer(state);
  return address === present ? [] : [CustomerAddressChanged.of({ customerId, address })];
};

export const closeCustomer = (state: CustomerState, { reason }: CloseCustomer): NewEvent[] => {
  if (state.status === 'closed') return [];
  const { customerId } = openCustomer(state);
  return [CustomerClosed.of({ customerId, reason })];
};
