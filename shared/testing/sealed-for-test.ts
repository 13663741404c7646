import { createHash } from 'node:crypto';
import type { Sealed } from '../define/sealed.ts';

/** A text of the form of sealed personal data, the same for the same seed, that nobody ever opens. */
export const sealedForTest = (seed: string): Sealed => {
  const bytes = createHash('sha256').update(seed).digest('base64url');
  return `sealed.1.${bytes.slice(0, 16)}.${bytes}`;
};
