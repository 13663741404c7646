import type { Batch } from './batch.ts';
import { eventPayload, MAX_PAYLOAD_BYTES } from './event-payload.ts';
import type { InvocationOutcome, InvokeFunction } from './invoke-function.ts';
import type { Mapping } from './mapping.ts';

export interface Delivery {
  /** False when the batch was too large to be sent. */
  readonly invoked: boolean;
  readonly outcome: InvocationOutcome;
}

/** Invokes the function with a batch, unless its event exceeds what Lambda takes. Never rejects. */
export async function deliverBatch(
  to: { readonly mapping: Mapping; readonly bootstrapServers: string; readonly invoke: InvokeFunction },
  batch: Batch,
): Promise<Delivery> {
  const partitions = batch.slices.map(({ lane, records }) => ({ partition: lane.partition, records }));
  const payload = eventPayload(to.mapping, to.bootstrapServers, partitions);
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_PAYLOAD_BYTES)
    return { invoked: true, outcome: await to.invoke(to.mapping.functionName, payload) };
  const error = `one record makes an event of ${bytes} bytes; Lambda takes ${MAX_PAYLOAD_BYTES}`;
  return { invoked: false, outcome: { kind: 'failed', cause: 'too-large', error, reply: undefined } };
}
