import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../define/event.ts';
import { accounts, Deposited, Opened } from '../testing/account.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { base64, mskEvent, mskRecord, type RecordDraft } from '../testing/msk-event.ts';
import { decoder, type Decoded } from './record.ts';

const opened = envelopeOf(Opened.of({ owner: 'Ada' }), { aggregateId: 'a1' });
const deposited = envelopeOf(Deposited.of({ amount: 5 }), { aggregateId: 'a1', sequence: 2 });

const decode = (draft: RecordDraft, listens = [Opened, Deposited]): Decoded => {
  const [record] = Object.values(mskEvent([draft]).records).flat();
  if (!record) throw new Error('no record');
  return decoder(listens)(record);
};

const changed = (changes: Partial<RecordDraft>): RecordDraft => mskRecord(accounts, opened, changes);
const withValue = (value: unknown): RecordDraft => changed({ value: base64(JSON.stringify(value)) });

describe('a record', () => {
  it('is an event where the consumer listens to its type', () => {
    expect(decode(mskRecord(accounts, opened))).toMatchObject({ kind: 'event', key: 'a1', event: opened });
  });

  it('is lifted to the version that the consumer knows', () => {
    const old = { ...deposited, version: 1, payload: { units: 3 } };
    expect(decode(mskRecord(accounts, old))).toMatchObject({
      kind: 'event',
      event: { version: 2, payload: { amount: 300 } },
    });
  });

  it('may have headers whose bytes are negative, or none at all', () => {
    expect(decode(changed({ headers: [{ odd: [-1, -128, 127] }] })).kind).toBe('event');
    const { headers: _, ...bare } = changed({});
    expect(decode(bare as RecordDraft).kind).toBe('event');
  });

  it('may carry any Unicode', () => {
    const owner = 'Zoë 🚀 𝕏 \u0000 \u2028 \ufeff';
    const event = envelopeOf(Opened.of({ owner }), { aggregateId: '客-1' });
    expect(decode(mskRecord(accounts, event))).toMatchObject({ kind: 'event', key: '客-1', event });
  });
});

describe('a record that is not for this consumer', () => {
  it('has a type of its context that the consumer does not listen to', () => {
    expect(decode(mskRecord(accounts, opened), [Deposited as never])).toMatchObject({
      kind: 'not-for-me',
      eventType: 'OpenedEvent',
      known: true,
    });
  });

  it('has a type that nobody defined', () => {
    expect(decode(withValue({ ...opened, eventType: 'SurpriseEvent' }))).toMatchObject({
      kind: 'not-for-me',
      eventType: 'SurpriseEvent',
      known: false,
    });
  });

  it('has a type of the same name from another aggregate', () => {
    expect(decode(withValue({ ...opened, aggregateType: 'door' })).kind).toBe('not-for-me');
  });
});

describe('a record that does not decode is bad, for good', () => {
  const { key: _key, ...keyless } = changed({});
  const { value: _value, ...valueless } = changed({});
  const { payload: _payload, ...noPayload } = opened;

  it.each<[string, RecordDraft, string]>([
    ['no key', keyless, 'no-key'],
    ['a null key', changed({ key: null }), 'no-key'],
    ['an empty key', changed({ key: '' }), 'wrong-key'],
    ['no value', valueless, 'no-value'],
    ['a null value', changed({ value: null }), 'no-value'],
    ['an empty value', changed({ value: '' }), 'not-json'],
    ['malformed JSON', changed({ value: base64('{"eventId": ') }), 'not-json'],
    ['a byte order mark', changed({ value: base64(`\ufeff${JSON.stringify(opened)}`) }), 'not-json'],
    ['bytes that are not UTF-8', changed({ value: base64(Buffer.from([0x7b, 0xff, 0xfe])) }), 'not-utf-8'],
    ['a key that is not UTF-8', changed({ key: base64(Buffer.from([0xc3, 0x28])) }), 'not-utf-8'],
    ['JSON that is no envelope', withValue([1, 2]), 'schema-violation'],
    ['the JSON text null', withValue(null), 'schema-violation'],
    ['an envelope without payload', withValue(noPayload), 'schema-violation'],
    ['a payload that breaks its schema', withValue({ ...opened, payload: { owner: 7 } }), 'schema-violation'],
    ['a version from the future', withValue({ ...deposited, version: 9 }), 'unsupported-version'],
    ['a key that is not its ordering key', changed({ key: base64('a2') }), 'wrong-key'],
  ])('%s', (_what, draft, code) => {
    const decoded = decode(draft);
    expect(decoded).toMatchObject({ kind: 'bad', error: { code, errorClass: 'permanent' } });
  });

  it('also where an upcaster fails in a way that nobody declared', () => {
    const fragile = defineAggregate('review', 'fragile');
    const Broken = fragile.event('BrokenEvent', z.strictObject({}), {
      version: 2,
      upcast: {
        1: () => {
          throw new TypeError('cannot read properties of undefined');
        },
      },
    });
    const old = { ...envelopeOf(Broken.of({})), version: 1 };
    expect(decode(mskRecord(fragile, old), [Broken as never])).toMatchObject({
      kind: 'bad',
      error: { code: 'undecodable', errorClass: 'permanent', cause: expect.any(TypeError) },
    });
  });
});
