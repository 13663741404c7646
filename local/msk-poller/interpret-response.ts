import { isObject } from './json-object.ts';

/** The offsets that were sent, by `<topic>-<partition>`. */
export type SentOffsets = ReadonlyMap<string, ReadonlySet<number>>;

export type Verdict =
  | { readonly kind: 'success' }
  /** Only these records are to be sent again. */
  | { readonly kind: 'partial'; readonly failed: SentOffsets }
  /** The whole batch is to be sent again. */
  | { readonly kind: 'failure'; readonly reason: string };

/**
 * What a function's answer means for the batch, with ReportBatchItemFailures on.
 * Source: AWS page "Configuring error handling controls for Kafka event sources" (partial batch response) and the success
 * and failure conditions that Lambda's stream and queue pages share: an empty or null response or list is success; an
 * identifier that is malformed, or names a partition or offset that was not sent, fails the whole batch.
 */
export function interpretResponse(payload: string, sent: SentOffsets): Verdict {
  if (payload === '') return { kind: 'success' };
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    return { kind: 'failure', reason: 'the response is not JSON' };
  }
  // A function that returns a bare "ok" reports no failures.
  const failures = isObject(response) ? (response['batchItemFailures'] ?? []) : [];
  if (!Array.isArray(failures)) return { kind: 'failure', reason: 'batchItemFailures is not a list' };
  if (failures.length === 0) return { kind: 'success' };
  const failed = new Map<string, Set<number>>();
  for (const failure of failures as readonly unknown[]) {
    const identifier = isObject(failure) ? failure['itemIdentifier'] : undefined;
    const partition = isObject(identifier) ? identifier['partition'] : undefined;
    const offset = isObject(identifier) ? identifier['offset'] : undefined;
    if (typeof partition !== 'string' || typeof offset !== 'number') {
      return { kind: 'failure', reason: `malformed itemIdentifier ${JSON.stringify(identifier)}` };
    }
    if (sent.get(partition)?.has(offset) !== true) {
      return {
        kind: 'failure',
        reason: `itemIdentifier names a record that was not sent: ${partition} ${offset}`,
      };
    }
    const offsets = failed.get(partition) ?? new Set();
    failed.set(partition, offsets.add(offset));
  }
  return { kind: 'partial', failed };
}
