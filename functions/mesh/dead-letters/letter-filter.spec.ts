import { describe, expect, it } from 'vitest';
import { parse } from '../../../shared/define/parse.ts';
import type { Letter } from './letter.ts';
import { chooses, letterFilter } from './letter-filter.ts';

const now = new Date('2026-03-01T12:00:00.000Z');
// What a filter looks at.
const letter = {
  consumer: 'order.order-summary',
  consumerKey: `order.order-summary|${Buffer.from('ada').toString('base64')}`,
  key: 'YWRh',
  topic: 'business-events-orders',
  status: 'parked',
  cause: { name: 'E', code: 'not-json', message: '', stack: '' },
  parkedAt: '2026-03-01T10:30:00.000Z',
} as Letter;
const takes = (query: Record<string, string>, of: Letter = letter): boolean =>
  chooses(parse(letterFilter, query, 'query'), now)(of);

describe('a filter', () => {
  it.each([
    [{}, true],
    [
      { consumer: 'order.order-summary', code: 'not-json', topic: 'business-events-orders', key: 'ada' },
      true,
    ],
    [{ consumer: 'other' }, false],
    [{ code: 'behind' }, false],
    [{ topic: 'business-events-payments' }, false],
    [{ key: 'bob' }, false],
    [{ status: 'refused' }, false],
    [{ olderThan: '1h' }, true],
    [{ olderThan: '2h' }, false],
    [{ newerThan: '2h' }, true],
    [{ newerThan: '89m' }, false],
    [{ newerThan: '3d', olderThan: '90s' }, true],
  ])('%j takes it: %s', (query, expected) => {
    expect(takes(query)).toBe(expected);
  });

  it('never takes a record without a key for one of a key', () => {
    expect(takes({ key: '' }, { ...letter, key: null, consumerKey: 'order.order-summary|' })).toBe(false);
  });

  it.each([
    [{ olderThan: 'yesterday' }, 'olderThan'],
    [{ olderThan: '0m' }, 'olderThan'],
    [{ newerThan: '-1h' }, 'newerThan'],
    [{ status: 'redriven' }, 'status'],
    [{ consumer: '' }, 'consumer'],
    [{ colour: 'red' }, 'colour'],
  ])('%j does not parse, and the field is named', (query, path) => {
    expect(() => takes(query)).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
    );
  });
});
