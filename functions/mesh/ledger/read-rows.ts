import { auditsOf, listPages, standingOf, type LedgerTables, type PageFilter } from './ledger-table.ts';
import { ledgerRow, type LedgerRow } from './ledger-row.ts';

/** One page of rows, added up, each with its standing letters and its last audit. */
export const readRows = async (
  tables: LedgerTables,
  filter: PageFilter,
  at: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly items: readonly LedgerRow[]; readonly next?: string }> => {
  const { pages, ...rest } = await listPages(tables, filter, at);
  const consumers = [...new Set(pages.map(({ consumer }) => consumer))];
  const [auditOf, ...letters] = await Promise.all([
    auditsOf(tables, pages),
    ...consumers.map((consumer) => standingOf(tables, consumer)),
  ]);
  const standing = new Map(consumers.map((consumer, i) => [consumer, letters[i]]));
  const items = pages.map((page) => {
    const of = standing.get(page.consumer)?.(page.topic, page.partition);
    return ledgerRow(page, of ?? { parked: 0, refused: 0 }, auditOf(page));
  });
  return { items, ...rest };
};
