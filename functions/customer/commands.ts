import { z } from 'zod';
import { addressSchema } from '../../shared/define/address.ts';
import { emailSchema } from '../../shared/define/email.ts';
import { customerId } from '../../shared/define/identifiers.ts';
import { reasonCode } from '../../shared/define/reason-code.ts';

/** Who a customer is. Sealed as one: it is given, shown and erased together. */
export const profileSchema = z.strictObject({ name: z.string().trim().min(1).max(200), email: emailSchema });

/** Without an id the customer gets one. One that is given stays for ever, in clear: it must not say who they are. */
export const registerCustomer = profileSchema.extend({ customerId: customerId.optional() });

export const changeAddress = addressSchema.strict();

export const closeCustomer = z.strictObject({ reason: reasonCode });
export type CloseCustomer = z.infer<typeof closeCustomer>;
