import { z } from 'zod';
import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import type { PageAudit } from '../../../functions/mesh/ledger/page-audit.ts';
import type { ApiAccess } from '../api-access.ts';

const PAGE = 100;
const pageSchema = z.object({ items: z.array(z.looseObject({})), next: z.string().optional() });

/** All rows of the ledger that a filter chooses, in the order of consumer, topic and partition. */
export const fetchRows = async (
  api: ApiAccess,
  { consumer, topic }: { readonly consumer?: string | undefined; readonly topic?: string | undefined },
): Promise<readonly LedgerRow[]> => {
  const rows: LedgerRow[] = [];
  let after: string | undefined;
  do {
    const page = pageSchema.parse(
      await api.call({ path: '/ops/ledger', query: { consumer, topic, limit: PAGE, after } }),
    );
    // As functions/mesh/ledger/read-rows.ts answers.
    rows.push(...(page.items as unknown as LedgerRow[]));
    after = page.next;
  } while (after !== undefined);
  return rows.sort(inOrder);
};

/** By consumer, topic and partition. */
export const inOrder = (a: LedgerRow, b: LedgerRow): number =>
  a.consumer.localeCompare(b.consumer) || a.topic.localeCompare(b.topic) || a.partition - b.partition;

/** What the API takes of one body, and of one list (functions/mesh/ledger/page-audit.ts). */
const MAX_BODY_BYTES = 60_000;
const MAX_AUDITS = 50;

/** Hands audits in, so that the API names what they found. */
export const handIn = async (api: ApiAccess, audits: readonly PageAudit[]): Promise<void> => {
  for (const some of bodiesOf(audits))
    await api.call({ method: 'POST', path: '/ops/ledger/audits', body: { audits: some } });
};

const bodiesOf = (audits: readonly PageAudit[]): PageAudit[][] => {
  const bodies: PageAudit[][] = [];
  let room = 0;
  for (const audit of audits) {
    const size = Buffer.byteLength(JSON.stringify(audit));
    if (size > room || (bodies.at(-1)?.length ?? 0) >= MAX_AUDITS) {
      bodies.push([]);
      room = MAX_BODY_BYTES;
    }
    bodies.at(-1)?.push(audit);
    room -= size;
  }
  return bodies;
};
