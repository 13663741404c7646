import { z } from 'zod';

/**
 * Personal data of one customer as events, views and logs carry it: AES-256-GCM under that customer's own key, which
 * only `shared/protect` can use. When the key is destroyed nobody can read it again, wherever it was copied to (STO-05).
 * Form: `sealed.1.<iv>.<ciphertext and tag>`, both base64url.
 */
export const sealedSchema = z
  .string()
  .regex(/^sealed\.1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,8000}$/, 'must be sealed personal data');

export type Sealed = z.infer<typeof sealedSchema>;
