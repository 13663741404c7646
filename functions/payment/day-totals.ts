import { listDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { dayLedger, type LedgerRow } from './projections/day-ledger.ts';

export interface CurrencyTotal {
  readonly currency: string;
  /** Minor units, like everything here. */
  readonly captured: number;
  readonly refunded: number;
  /** `captured − refunded`; below 0 on a day that gave back more than it took. */
  readonly net: number;
}

export interface DayTotals {
  readonly totals: readonly CurrencyTotal[];
  /** Rows that were added up. */
  readonly rows: number;
  /** False when the day has more rows than were added up: the totals then are of the first ones only. */
  readonly wholeDay: boolean;
}

const PAGE = 100;
/** A hundred pages of one query each answer within a second; a longer day is a job for a report. */
const MAX_PAGES = 100;

/** The totals of a day of the ledger per currency, over all of its pages up to 10 000 rows. */
export const dayTotals = async (
  store: ProjectionStore,
  day: string,
  maxPages = MAX_PAGES,
): Promise<DayTotals> => {
  const totals = new Map<string, CurrencyTotal>();
  let rows = 0;
  let after: string | undefined;
  for (let page = 1; page <= maxPages; page += 1) {
    const { items, next } = await listDocuments(store, dayLedger, day, { limit: PAGE, after });
    for (const row of items) totals.set(row.amount.currency, add(totals.get(row.amount.currency), row));
    rows += items.length;
    after = next;
    if (after === undefined) break;
  }
  const sorted = [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
  return { totals: sorted, rows, wholeDay: after === undefined };
};

const add = (
  total: CurrencyTotal | undefined,
  { kind, amount: { amount, currency } }: LedgerRow,
): CurrencyTotal => {
  const captured = (total?.captured ?? 0) + (kind === 'captured' ? amount : 0);
  const refunded = (total?.refunded ?? 0) + (kind === 'refunded' ? amount : 0);
  return { currency, captured, refunded, net: captured - refunded };
};
