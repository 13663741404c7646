import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import { ledgerOptions } from './ledger-options.ts';
import { ledgerTable, troubles } from './ledger-text.ts';
import { unbegunRows } from './unbegun-rows.ts';

const row = (partition: number, change: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ consumer: 'order.one', functionName: 'f', topic: 'orders', partition, from: 0, next: 4, covered: 4 },
  ...{ applied: 3, duplicate: 1, notForMe: 0, parked: 0 },
  inFlight: { count: 0, ranges: [] },
  missing: { count: 0, ranges: [] },
  ...{ closes: true, standing: { parked: 0, refused: 0 }, updatedAt: '2026-03-01T12:00:00.000Z' },
  ...change,
});

describe('the printed ledger', () => {
  it('has a line for each topic of a consumer, or for each partition', () => {
    const rows = [row(0), row(1), row(2, { topic: 'payments' })];
    expect(
      ledgerTable(rows, false)
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(0, 4)),
    ).toEqual([
      ['consumer', 'topic', 'covered', 'applied'],
      ['order.one', 'orders', '8', '6'],
      ['order.one', 'payments', '4', '3'],
    ]);
    expect(ledgerTable(rows, true)).toMatch(/orders-0.*\n.*orders-1.*\n.*payments-2/);
  });

  it('says of a topic that it does not close when one of its partitions does not', () => {
    expect(ledgerTable([row(0), row(1, { closes: false })], false)).toMatch(/NO$/);
    expect(ledgerTable([row(0), row(1)], false)).toMatch(/yes$/);
  });

  it('names every offset that is missing, in flight, or that an audit found', () => {
    const audit = {
      ...{
        at: '',
        by: '',
        earliest: 0,
        end: 4,
        lag: 0,
        checked: 4,
        setAside: 0,
        expired: 0,
        pastRetention: 0,
      },
      findingCount: 3,
      findings: [
        { kind: 'lost' as const, first: 1, last: 1, why: 'gone' },
        { kind: 'never-read' as const, first: 0, last: 9, why: 'not given' },
      ],
    };
    const rows = [
      row(0, {
        missing: { count: 3, ranges: [[5, 7]] },
        inFlight: { count: 1, ranges: [[9, 9]] },
        audit,
      }),
    ];
    expect(troubles(rows)).toEqual([
      'orders-0@5…7  order.one  missing: never entered',
      'orders-0@9  order.one  in flight: reported, on its way again',
      'orders-0@1  order.one  lost: gone',
      'orders-0@0…9  order.one  never-read: not given',
      'orders-0  order.one  and 1 more',
    ]);
    expect(troubles([row(0)])).toEqual([]);
  });
});

describe('partitions that a consumer has not begun', () => {
  it('are told with their lag', () => {
    const ends = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, earliest: 2, end: 4 }));
    const empty = { topic: 'orders', partition: 3, earliest: 4, end: 4 };
    const other = { topic: 'payments', partition: 0, earliest: 0, end: 4 };
    const unbegun = unbegunRows([row(1)], [...ends, empty, other], '2026-03-01T12:00:00.000Z');
    expect(unbegun.map(({ partition, covered, audit }) => [partition, covered, audit?.lag])).toEqual([
      [0, 0, 2],
      [2, 0, 2],
    ]);
    expect(troubles(unbegun)).toEqual([]);
  });
});

describe('the command line of the ledger', () => {
  it('audits unless told not to', () => {
    expect(ledgerOptions([])).toMatchObject({ audit: true, json: false, partitions: false });
    expect(ledgerOptions(['--no-audit', '--json']).audit).toBe(false);
    expect(ledgerOptions(['--consumer', 'a', '--topic', 'b'])).toMatchObject({ consumer: 'a', topic: 'b' });
  });

  it('names what cannot be read, or is missing', () => {
    expect(() => ledgerOptions(['--consumers', 'a'])).toThrow('--consumers');
    expect(() => ledgerOptions(['--api', 'https://x.example', '--token', 't'])).toThrow('--brokers');
    expect(() => ledgerOptions(['--api', 'https://x.example', '--no-audit'])).not.toThrow();
  });
});
