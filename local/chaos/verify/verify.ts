import { auditTopics, auditViews } from '../../scenarios/audit.ts';
import { charges } from '../../scenarios/money.ts';
import { projections } from '../../scenarios/projections.ts';
import type { Shop } from '../../scenarios/shop.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { isOfTheMesh } from '../faults/foreign-mark.ts';
import type { Journal } from '../load/journal.ts';
import type { Check } from '../report.ts';
import { standingLetters } from '../settle/clear-letters.ts';
import { checkLedger, type RecordEnds } from './check-ledger.ts';
import { checkMails } from './check-mails.ts';
import { checkOrders } from './check-orders.ts';
import { checkStock, expectedStock } from './check-stock.ts';
import { checkWritten } from './check-written.ts';
import { openBooks } from './order-books.ts';
import { surplusDocuments } from './surplus-documents.ts';
import { readEvents, readMails, readSagas } from './read-outside.ts';

/** Everything has come to rest by now; this is for a busy machine. */
const AUDIT_WITHIN_MS = 60_000;

export interface Verdict {
  readonly orders: Readonly<Record<string, number>>;
  readonly events: number;
  readonly records: RecordEnds | undefined;
  readonly checks: readonly Check[];
}

export interface VerifyOptions {
  readonly endpoints: Endpoints;
  readonly shop: Shop;
  readonly journal: Journal;
  /** When processes that send mail were killed, milliseconds since the epoch. */
  readonly mailDeaths: readonly number[];
  readonly signal: AbortSignal;
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** A check that throws has found something, too. */
const check = async (name: string, work: () => Promise<Omit<Check, 'name'>>): Promise<Check> => {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    return { name, detail: '', deviations: [reasonOf(error)] };
  }
};

/** Holds everything against everything, once the mesh is at rest (promises 1, 2, 3, 5, 6, 7 and 9). */
export const verify = async ({
  endpoints,
  shop,
  journal,
  mailDeaths,
  signal,
}: VerifyOptions): Promise<Verdict> => {
  const events = await readEvents(endpoints);
  const books = openBooks(events);
  let records: RecordEnds | undefined;

  const checks = [
    await check('what was accepted', async () => ({
      detail: `${journal.written.length} commands' events are all there; no answer out of the ordinary`,
      deviations: [...checkWritten(events, journal.written), ...journal.unexpected],
    })),
    await check('orders, stock, money and sagas of each order', async () => ({
      detail: `${books.orders.size} orders have ended, each whole; no order charged twice`,
      deviations: checkOrders(books, {
        charges: await charges(endpoints),
        sagas: await readSagas(endpoints),
        accepted: journal,
      }),
    })),
    await check('stock of each SKU', async () => ({
      detail: `${books.stocks.size} SKUs: what was received is booked once, none sold beyond it`,
      deviations: checkStock(books, journal.received),
    })),
    await check('availability at the API', async () => {
      const expected = expectedStock(books);
      for (const [sku, { onHand, reserved, available }] of expected)
        await shop.availability(
          sku,
          (seen) => seen.onHand === onHand && seen.reserved === reserved && seen.available === available,
        );
      return { detail: `${expected.size} SKUs are what their events add up to`, deviations: [] };
    }),
    await check('notifications', async () => {
      const address = (customerId: string): string => `${customerId}@example.test`;
      const { sent, deviations, repeatedByDeath } = checkMails(
        events,
        await readMails(endpoints),
        address,
        mailDeaths,
      );
      const repeated =
        repeatedByDeath.length > 0
          ? `; ${repeatedByDeath.length} more came twice, as their sender was killed before SES's answer was kept`
          : '';
      return { detail: `${sent} sent, one mail for each${repeated}`, deviations };
    }),
    await check('topics against event tables', async () => ({
      detail: await auditTopics(endpoints, AUDIT_WITHIN_MS, isOfTheMesh),
      deviations: [],
    })),
    await check('views against a rebuild', async () => ({
      detail: `${await auditViews(endpoints, projections, AUDIT_WITHIN_MS, isOfTheMesh)}; none beyond them`,
      deviations: await surplusDocuments(endpoints, projections, events),
    })),
    await check('ledger', async () => {
      const { pages, ends, checked, setAside, deviations } = await checkLedger(endpoints, signal);
      records = ends;
      const detail =
        `${pages} pages close, from their topics' first record to the last; ` +
        `the effects of ${checked} records stand, ${setAside} of them by their letters`;
      return { detail, deviations };
    }),
    await check('dead letters', async () => ({
      detail: 'none is left parked',
      deviations: await standingLetters(endpoints),
    })),
  ];
  const outcomes = Map.groupBy(books.orders.values(), ({ status }) => status);
  return {
    orders: Object.fromEntries([...outcomes].map(([status, orders]) => [status, orders.length])),
    events: events.length,
    records,
    checks,
  };
};
