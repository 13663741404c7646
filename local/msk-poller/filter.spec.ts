import { describe, expect, it } from 'vitest';
import { compileFilter, FilterPatternError } from './filter.ts';

function passes(value: unknown, record: unknown): boolean {
  const bytes =
    record === null ? null : Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  return compileFilter([JSON.stringify({ value })])(bytes);
}

describe('rule syntax of "Control which events Lambda sends to your function"', () => {
  it.each([
    ['Null: UserID is null', { UserID: [null] }, { UserID: null }, { UserID: 'x' }],
    ['Empty: LastName is empty', { LastName: [''] }, { LastName: '' }, { LastName: 'Roe' }],
    ['Equals: Name is "Alice"', { Name: ['Alice'] }, { Name: 'Alice' }, { Name: 'alice' }],
    ['Equals on a boolean', { paid: [true] }, { paid: true }, { paid: 'true' }],
    [
      'Equals (ignore case)',
      { Name: [{ 'equals-ignore-case': 'alice' }] },
      { Name: 'ALICE' },
      { Name: 'bob' },
    ],
    ['And', { City: ['NY'], Day: ['Mon'] }, { City: 'NY', Day: 'Mon' }, { City: 'NY', Day: 'Tue' }],
    ['Or', { Payment: ['Credit', 'Debit'] }, { Payment: 'Debit' }, { Payment: 'Cash' }],
    ['Or (multiple fields)', { $or: [{ a: [1] }, { b: [{ exists: true }] }] }, { b: 0 }, { a: 2 }],
    [
      '$or beside other fields',
      { c: ['x'], $or: [{ a: [1] }, { b: [2] }] },
      { c: 'x', b: 2 },
      { c: 'y', b: 2 },
    ],
    ['Not', { Weather: [{ 'anything-but': ['Raining'] }] }, { Weather: 'Sunny' }, { Weather: 'Raining' }],
    ['Not, one value', { n: [{ 'anything-but': 5 }] }, { n: 6 }, { n: 5 }],
    ['Not needs the field', { n: [{ 'anything-but': 5 }] }, { n: null }, {}],
    ['Numeric (equals)', { Price: [{ numeric: ['=', 100] }] }, { Price: 100 }, { Price: 101 }],
    ['Numeric (range)', { Price: [{ numeric: ['>', 10, '<=', 20] }] }, { Price: 20 }, { Price: 10 }],
    ['Numeric wants a number', { Price: [{ numeric: ['>=', 10] }] }, { Price: 10 }, { Price: '10' }],
    ['Numeric below', { Price: [{ numeric: ['<', 10] }] }, { Price: 9 }, { Price: 10 }],
    ['Exists', { Name: [{ exists: true }] }, { Name: null }, {}],
    ['Does not exist', { Name: [{ exists: false }] }, {}, { Name: null }],
    ['Begins with', { Region: [{ prefix: 'us-' }] }, { Region: 'us-east-1' }, { Region: 'eu-us-1' }],
    ['Ends with', { File: [{ suffix: '.png' }] }, { File: 'a.png' }, { File: 'a.png.txt' }],
    ['multi-level filtering', { a: { b: { c: ['x'] } } }, { a: { b: { c: 'x' } } }, { a: { b: 'x' } }],
    ['a list field matches by any element', { tags: ['b'] }, { tags: ['a', 'b'] }, { tags: ['a'] }],
    [
      'a list of objects matches by any element',
      { lines: { sku: ['1'] } },
      { lines: [{ sku: '0' }, { sku: '1' }] },
      { lines: [] },
    ],
    ['inherited names are not fields', { toString: [{ exists: false }] }, {}, { toString: 1 }],
  ])('%s', (_rule, value, matching, other) => {
    expect(passes(value, matching)).toBe(true);
    expect(passes(value, other)).toBe(false);
  });
});

describe('formats, as "Filtering events from Amazon MSK and self-managed Apache Kafka event sources" has them', () => {
  const plain = [{ 'anything-but': ['error'] }];
  const json = { type: ['A'] };
  it.each([
    ['plain string, plain pattern: filtered', plain, 'hello', true],
    ['plain string, plain pattern: filtered out', plain, 'error', false],
    ['plain string, JSON pattern: dropped', json, 'hello', false],
    ['broken JSON counts as a plain string', json, '{"type":', false],
    ['JSON, plain pattern: dropped', plain, { type: 'A' }, false],
    ['JSON, JSON pattern: filtered', json, { type: 'A' }, true],
    ['leading blanks do not make JSON a plain string', json, ' \n{"type":"A"}', true],
    ['a tombstone is not JSON', json, null, false],
    ['a tombstone is null to a plain pattern', [null], null, true],
  ])('%s', (_case, value, record, expected) => {
    expect(passes(value, record)).toBe(expected);
  });

  it('passes everything when the pattern says nothing of the value', () => {
    expect(compileFilter(['{}'])(Buffer.from('anything'))).toBe(true);
  });

  it('passes a record that satisfies any of several filters', () => {
    const filter = compileFilter(['{"value":{"a":[1]}}', '{"value":{"b":[2]}}']);
    expect(
      [{ a: 1 }, { b: 2 }, { a: 2 }].map((record) => filter(Buffer.from(JSON.stringify(record)))),
    ).toEqual([true, true, false]);
  });
});

describe('patterns that AWS refuses when the mapping is created', () => {
  it.each([
    ['not JSON', '{value', /not JSON/],
    ['not an object', '[]', /not a JSON object/],
    ['a key other than value', '{"key":["x"]}', /can only name "value"/],
    ['a bare value', '{"value":{"a":"x"}}', /list of rules/],
    ['an empty list', '{"value":{"a":[]}}', /match nothing/],
    ['an unknown operator', '{"value":{"a":[{"wildcard":"*"}]}}', /no operator "wildcard"/],
    ['two operators in one rule', '{"value":{"a":[{"prefix":"a","suffix":"b"}]}}', /one operator per rule/],
    ['a prefix that is no string', '{"value":{"a":[{"prefix":1}]}}', /takes a string/],
    ['an odd numeric list', '{"value":{"a":[{"numeric":[">"]}]}}', /numeric takes/],
    ['$or without patterns', '{"value":{"$or":[]}}', /must be a list/],
  ])('%s', (_case, pattern, message) => {
    expect(() => compileFilter([pattern])).toThrow(FilterPatternError);
    expect(() => compileFilter([pattern])).toThrow(message);
  });
});
