import { describe, expect } from 'vitest';
import { compileFilter } from '../filter.ts';
import { conforms } from '../testing/conforms.ts';

const passes = (pattern: unknown, record: string): boolean =>
  compileFilter([JSON.stringify(pattern)])(Buffer.from(record));

const BEGINS_WITH_AB = { value: { device_ID: [{ prefix: 'AB' }] } };
const NOT_ERROR = { value: [{ 'anything-but': ['error'] }] };

describe('event filtering', () => {
  conforms('filtering', 'valueOnly', () => {
    expect(() => compileFilter(['{"key":["x"]}'])).toThrow(/can only name "value"/);
    expect(() => compileFilter(['{"value":["x"]}'])).not.toThrow();
  });

  conforms('filtering', 'json', () => {
    expect(passes(BEGINS_WITH_AB, '{"device_ID":"AB1234","session":{"duration":162}}')).toBe(true);
    expect(passes(BEGINS_WITH_AB, '{"device_ID":"CD1234"}')).toBe(false);
  });

  conforms('filtering', 'plain', () => {
    expect(passes(NOT_ERROR, 'error')).toBe(false);
    expect(passes(NOT_ERROR, 'all is well')).toBe(true);
  });

  conforms('filtering', 'plainPlain', () => {
    expect(passes({ value: ['hello'] }, 'hello')).toBe(true);
    expect(passes({ value: ['hello'] }, 'goodbye')).toBe(false);
  });

  conforms('filtering', 'jsonJson', () => {
    expect(passes({ value: { paid: [true] } }, '{"paid":true}')).toBe(true);
    expect(passes({ value: { paid: [true] } }, '{"paid":false}')).toBe(false);
  });

  conforms('filtering', 'noPattern', () => {
    expect(passes({}, 'hello')).toBe(true);
    expect(passes({}, '{"paid":false}')).toBe(true);
  });
});
