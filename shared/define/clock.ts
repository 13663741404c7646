import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

/** The two impure things an envelope needs; tests pass their own. */
export interface Clock {
  now(): Date;
  /** A new UUIDv7 (RFC 9562): unique, and increasing within a process. */
  newId(): string;
}

export const systemClock: Clock = { now: () => new Date(), newId: uuidv7 };

/** A UUID (RFC 9562 version 8) that is the same for the same seed: an id that a repeated command arrives at again. */
export const uuidFrom = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
