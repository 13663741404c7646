import { z } from 'zod';
import { provider, type ProviderOptions } from '../../shared/call/provider.ts';
import type { Carrier } from './carrier.ts';

const bookedSchema = z.object({ bookingId: z.string().min(1).max(200) });

/** The carrier over HTTP (README, "The carrier"); errors as of `provider`. */
export const httpCarrier = (baseUrl: string, options?: ProviderOptions): Carrier => {
  const carrier = provider('carrier', 'the carrier', baseUrl, options);
  return {
    book: async ({ idempotencyKey, reference, address, lines }) => {
      const answer = await carrier.post('/bookings', { reference, address, lines }, idempotencyKey);
      if (answer.status !== 202) throw carrier.unexpected(answer);
      return carrier.read(bookedSchema, answer);
    },
    cancel: async (reference) => {
      const answer = await carrier.post('/cancellations', { reference });
      if (answer.status !== 200) throw carrier.unexpected(answer);
    },
  };
};
