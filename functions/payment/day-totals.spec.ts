import { describe, expect, it } from 'vitest';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { dayTotals } from './day-totals.ts';
import { dayLedger, type LedgerRow } from './projections/day-ledger.ts';

const day = '2026-03-01';

/** A ledger with some rows on one day, and one on the next. */
const ledgerOf = async (rows: readonly Pick<LedgerRow, 'kind' | 'amount'>[]) => {
  const store = memoryProjectionStore();
  const at = `${day}T12:00:00.000Z`;
  const change = (group: string, item: string, row: Pick<LedgerRow, 'kind' | 'amount'>) => ({
    key: { group, item },
    doc: { at, orderId: item, ...row },
    watermark: '{}',
    from: undefined,
  });
  await store.write(dayLedger.name, [
    ...rows.map((row, i) => change(day, String(i).padStart(5, '0'), row)),
    change('2026-03-02', '00000', { kind: 'captured', amount: { amount: 7, currency: 'EUR' } }),
  ]);
  return store;
};

const row = (kind: LedgerRow['kind'], amount: number, currency = 'EUR') => ({
  kind,
  amount: { amount, currency },
});

describe('totals of a day', () => {
  it('are kept apart by currency', async () => {
    const rows = [row('captured', 100, 'USD'), row('captured', 50), row('refunded', 80), row('captured', 5)];
    const store = await ledgerOf(rows);
    expect(await dayTotals(store, day)).toStrictEqual({
      totals: [
        { currency: 'EUR', captured: 55, refunded: 80, net: -25 },
        { currency: 'USD', captured: 100, refunded: 0, net: 100 },
      ],
      rows: 4,
      wholeDay: true,
    });
  });

  it('are of the whole day, whatever page is asked for', async () => {
    const store = await ledgerOf(Array.from({ length: 250 }, () => row('captured', 2)));
    expect(await dayTotals(store, day)).toMatchObject({
      totals: [{ captured: 500 }],
      rows: 250,
      wholeDay: true,
    });
  });

  it('say so where a day is too long to add up', async () => {
    const store = await ledgerOf(Array.from({ length: 250 }, () => row('captured', 2)));
    expect(await dayTotals(store, day, 2)).toMatchObject({
      totals: [{ captured: 400 }],
      rows: 200,
      wholeDay: false,
    });
  });

  it('of a day without movements are none', async () => {
    const store = await ledgerOf([]);
    expect(await dayTotals(store, day)).toStrictEqual({ totals: [], rows: 0, wholeDay: true });
  });
});
