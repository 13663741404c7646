import { IdempotencyAlreadyInProgressError } from '@aws-lambda-powertools/idempotency';
import { UnavailableError } from '../errors/mesh-error.ts';
import type { Once, OnceRecords } from './once.ts';

/**
 * For effects of records: a lease that another run holds ends by itself, at the latest when that run's invocation has
 * no time left, even where its process is long dead. The record comes again until then and spends no retry; it is not
 * parked for what only takes waiting. A caller over HTTP has no such patience: its edge answers 409.
 */
export const onceOrLater = (once: Once & OnceRecords): Once & OnceRecords => ({
  forInvocation: once.forInvocation,
  run: (key, fingerprint, effect) => once.run(key, fingerprint, effect).catch(later),
  find: (key, fingerprint) => once.find(key, fingerprint).catch(later),
});

/** @throws UnavailableError `effect-in-progress` for a lease that another run holds, anything else as it is */
const later = (error: unknown): never => {
  if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
  throw new UnavailableError('effect-in-progress', 'another run holds the lease of the effect', undefined, {
    cause: error,
  });
};
