import { expect, it } from 'vitest';
import { ledgerDeviations, type LedgerRow } from './check-ledger.ts';

const row = (changes: Partial<LedgerRow> = {}): LedgerRow => ({
  consumer: 'order.order-summary',
  topic: 'orders',
  partition: 0,
  from: 0,
  next: 10,
  applied: 7,
  duplicate: 2,
  notForMe: 1,
  parked: 0,
  inFlight: { count: 0, ranges: [] },
  missing: { count: 0, ranges: [] },
  closes: true,
  audit: { checked: 10, setAside: 0, findingCount: 0, findings: [] },
  ...changes,
});
const ends = new Map([
  [
    'orders',
    [
      { partition: 0, low: 0, high: 10 },
      { partition: 1, low: 0, high: 0 },
    ],
  ],
]);

it('closes from the first record of a topic to the last', () => {
  expect(ledgerDeviations([row()], ends)).toEqual([]);
});

it.each<[Partial<LedgerRow>, RegExp]>([
  [{ from: 3 }, /never read orders-0@0…2/],
  [{ next: 8 }, /has not read orders-0@8…9/],
  [{ missing: { count: 2, ranges: [[4, 5]] }, closes: false }, /lost orders-0@4…5/],
  [{ inFlight: { count: 1, ranges: [[9, 9]] } }, /orders-0@9…9 in flight/],
  [{ closes: false }, /does not add up/],
  [{ audit: undefined }, /was not asked about orders-0/],
  [
    {
      audit: {
        checked: 10,
        setAside: 0,
        findingCount: 1,
        findings: [{ kind: 'lost', first: 4, last: 4, why: 'no document' }],
      },
    },
    /lost orders-0@4…4: no document/,
  ],
])('names what %j leaves open', (changes, deviation) => {
  const found = ledgerDeviations([row(changes)], ends);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(deviation);
});

it('names a partition that a consumer was never given', () => {
  const more = new Map([['orders', [...(ends.get('orders') ?? []), { partition: 2, low: 0, high: 4 }]]]);
  expect(ledgerDeviations([row()], more)).toEqual(['order.order-summary never read orders-2@0…3']);
});
