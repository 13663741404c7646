import { z } from 'zod';

const text = (max: number) => z.string().trim().min(1).max(max);

/** A postal address. */
export const addressSchema = z.object({
  line1: text(100),
  postcode: text(12),
  city: text(60),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code such as DE'),
});

export type Address = z.infer<typeof addressSchema>;
