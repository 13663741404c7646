import { describe, expect, it } from 'vitest';
import { encodeRecord, timestampTypeOf } from './record.ts';

const RECORD = { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: '1700000000123', offset: '42' };

function encode(over: Partial<Parameters<typeof encodeRecord>[2]>): unknown {
  return JSON.parse(encodeRecord('orders', 3, { ...RECORD, ...over }, 'CREATE_TIME', 0).json);
}

describe('encodeRecord, as the example event of "Using Lambda with Amazon MSK" has it', () => {
  it('puts key and value in base64 and the rest in plain JSON', () => {
    expect(encode({ headers: { h: Buffer.from('abc') } })).toEqual({
      topic: 'orders',
      partition: 3,
      offset: 42,
      timestamp: 1_700_000_000_123,
      timestampType: 'CREATE_TIME',
      key: 'aw==',
      value: 'dg==',
      headers: [{ h: [97, 98, 99] }],
    });
  });

  it('leaves out a null key and keeps a null value', () => {
    const encoded = encode({ key: null, value: null });
    expect(encoded).not.toHaveProperty('key');
    expect(encoded).toHaveProperty('value', null);
  });

  it('tells an empty key and value from null ones', () => {
    expect(encode({ key: Buffer.alloc(0), value: Buffer.alloc(0) })).toMatchObject({ key: '', value: '' });
  });

  it('writes header bytes signed, every value of a repeated header on its own', () => {
    const headers = { utf8: Buffer.from('é'), many: [Buffer.from([0, 127, 128, 255]), 'x'], none: undefined };
    expect(encode({ headers })).toMatchObject({
      headers: [{ utf8: [-61, -87] }, { many: [0, 127, -128, -1] }, { many: [120] }, { none: [] }],
    });
  });

  it('counts bytes, not characters', () => {
    const { json, bytes } = encodeRecord(
      'orders',
      0,
      { ...RECORD, headers: { naïve: 'x' } },
      'CREATE_TIME',
      0,
    );
    expect(bytes).toBe(json.length + 1);
  });

  it.each([
    [{ batchContext: { timestampType: 1 } }, 'LOG_APPEND_TIME'],
    [{ batchContext: { timestampType: 0 } }, 'CREATE_TIME'],
    [{}, 'CREATE_TIME'],
  ])('reads the timestamp type of %j', (message, expected) => {
    expect(timestampTypeOf(message)).toBe(expected);
  });
});
