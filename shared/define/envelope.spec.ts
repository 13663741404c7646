import { describe, expect, it } from 'vitest';
import { Opened } from '../testing/account.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { envelopeSchema } from './envelope.ts';

const good = envelopeOf(Opened.of({ owner: 'Ada' }), { metadata: { userId: 'u', sessionId: 's' } });

const failing = (envelope: unknown): string[] =>
  (envelopeSchema.safeParse(envelope).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('the envelope', () => {
  it('accepts an event of ours', () => {
    expect(envelopeSchema.parse(good)).toStrictEqual(good);
  });

  it('needs neither user nor session', () => {
    const { userId: _user, sessionId: _session, ...metadata } = good.metadata;
    expect(failing({ ...good, metadata })).toEqual([]);
  });

  it.each([
    ['eventId', 'a UUIDv4', '3f1c1f0a-7c0a-4d53-9f57-0d6a6f2b8c11'],
    ['eventId', 'no UUID', 'one'],
    ['eventType', 'the suffix missing', 'Opened'],
    ['eventType', 'a small first letter', 'openedEvent'],
    ['eventType', 'a digit', 'Opened2Event'],
    ['aggregateType', 'empty', ''],
    ['aggregateId', 'empty', ''],
    ['aggregateId', 'over-long', 'x'.repeat(201)],
    ['sequence', 'zero', 0],
    ['sequence', 'a fraction', 1.5],
    ['sequence', 'text', '1'],
    ['occurredOn', 'an offset instead of Z', '2026-03-01T12:00:00.000+01:00'],
    ['occurredOn', 'no milliseconds', '2026-03-01T12:00:00Z'],
    ['occurredOn', 'a day that does not exist', '2026-02-30T12:00:00.000Z'],
    ['version', 'zero', 0],
    ['source', 'empty', ''],
  ])('refuses %s: %s', (field, _what, value) => {
    expect(failing({ ...good, [field]: value })).toEqual([field]);
  });

  it.each([
    ['correlationId', ''],
    ['causationId', 'x'.repeat(201)],
    ['userId', 7],
    ['sessionId', 'x'.repeat(201)],
    ['traceId', '0AF7651916CD43DD8448EB211C80319C'],
    ['traceId', '0af7'],
    ['schemaVersion', '1.0'],
  ])('refuses metadata.%s = %j', (field, value) => {
    const metadata = { ...good.metadata, [field]: value };
    expect(failing({ ...good, metadata })).toEqual([`metadata.${field}`]);
  });

  it.each(Object.keys(good).filter((field) => field !== 'payload'))('misses %s', (field) => {
    const rest = Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
    expect(failing(rest)).toEqual([field]);
  });

  it('reads past what a later version adds (promise 8)', () => {
    const later = { ...good, extra: 1, metadata: { ...good.metadata, extra: 1 } };
    expect(envelopeSchema.parse(later)).toStrictEqual(envelopeSchema.parse(good));
  });
});
