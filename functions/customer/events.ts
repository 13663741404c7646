import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId } from '../../shared/define/identifiers.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** A customer: its id is the customer's, and so is its ordering key. Who they are is sealed in every event. */
export const customer = defineAggregate('customer', 'customer');

export const CustomerRegistered = customer.event(
  'CustomerRegisteredEvent',
  z.object({
    customerId,
    /** Sealed `{name, email}`. */
    profile: sealedSchema,
  }),
  { version: 1 },
);

/** The customer has shown that the address of their mail is theirs. */
export const CustomerValidated = customer.event('CustomerValidatedEvent', z.object({ customerId }), {
  version: 1,
});

export const CustomerAddressChanged = customer.event(
  'CustomerAddressChangedEvent',
  z.object({
    customerId,
    /** A sealed postal address. */
    address: sealedSchema,
  }),
  { version: 1 },
);

/** The account is closed, and the key of the customer's personal data is destroyed. */
export const CustomerClosed = customer.event(
  'CustomerClosedEvent',
  z.object({ customerId, reason: z.string().min(1).max(500) }),
  { version: 1 },
);

export type CustomerEvent = EventOf<
  typeof CustomerRegistered | typeof CustomerValidated | typeof CustomerAddressChanged | typeof CustomerClosed
>;
