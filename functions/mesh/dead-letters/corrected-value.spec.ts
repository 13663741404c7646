import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { base64 } from '../../../shared/testing/msk-event.ts';
import { order, OrderItemAdded } from '../../order/events.ts';
import { checkCorrection } from './corrected-value.ts';
import type { WholeLetter } from './letter.ts';

const line = { sku: 'sku-1', quantity: 2, unitPrice: { amount: 100, currency: 'EUR' } };
const id = 'ada.019ca000-0000-7000-8000-000000000001';
const good = envelopeOf(OrderItemAdded.of({ line }), { aggregateId: id, sequence: 2 });
const broken = { ...good, payload: { line: { ...line, quantity: -1 } } };
const letter = (value: unknown, key: string | null = 'ada'): WholeLetter =>
  // What the check looks at.
  ({
    topic: order.topic,
    partition: 0,
    offset: '1',
    timestamp: 0,
    key: key === null ? null : base64(key),
    value: typeof value === 'string' ? base64(value) : base64(JSON.stringify(value)),
    headers: [],
  }) as unknown as WholeLetter;
const check = (value: unknown, of = letter(broken)): void => {
  checkCorrection(of, base64(typeof value === 'string' ? value : JSON.stringify(value)));
};
const refused = (...paths: string[]): unknown =>
  expect.objectContaining({ issues: paths.map((path): unknown => expect.objectContaining({ path })) });

describe('a correction', () => {
  it('that decodes and stays the same event is taken', () => {
    expect(() => check(good)).not.toThrow();
  });

  it('may give an identity back to what has lost it', () => {
    expect(() => check(good, letter('{"eventId": 7'))).not.toThrow();
    expect(() => check(good, letter({ ...broken, sequence: 'two' }))).not.toThrow();
  });

  it.each([
    ['breaks the schema', broken, ['value.line.quantity']],
    ['is no JSON', '{', ['value']],
    ['is of a type that nobody knows', { ...good, eventType: 'OrderTeleportedEvent' }, ['value.eventType']],
    ['is another event', { ...good, eventId: '019ca000-0000-7000-8000-000000000009' }, ['value.eventId']],
    ['has another place', { ...good, sequence: 3 }, ['value.sequence']],
    ['belongs under another key', { ...good, aggregateId: id.replace('ada', 'bob') }, ['value']],
  ])('that %s is refused, and what is wrong is named', (_what, value, paths) => {
    expect(() => check(value)).toThrow(refused(...paths));
  });

  it('cannot help a record that has no key', () => {
    expect(() => check(good, letter(broken, null))).toThrow(expect.objectContaining({ code: 'no-key' }));
  });
});
