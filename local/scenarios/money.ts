import { z } from 'zod';
import type { Endpoints } from '../mesh/endpoints.ts';

const Charge = z.looseObject({
  reference: z.string(),
  amount: z.int(),
  status: z.enum(['captured', 'declined']),
  refunded: z.int(),
});

export interface Charge {
  readonly reference: string;
  readonly captured: number;
  readonly refunded: number;
}

/** What the payment provider's own books say: the outside view that the mesh must agree with. Minor units. */
export const charges = async ({ providers }: Endpoints): Promise<readonly Charge[]> => {
  const response = await fetch(`${providers.paymentGateway}/charges`);
  return z
    .array(Charge)
    .parse(await response.json())
    .filter(({ status }) => status === 'captured')
    .map(({ reference, amount, refunded }) => ({ reference, captured: amount, refunded }));
};
