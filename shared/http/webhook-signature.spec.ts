import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { secretsIn, sign, verify } from './webhook-signature.ts';

const secretOf = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;
const secret = secretOf('a');
const now = new Date('2026-03-01T12:00:00.750Z');
const body = '{"reference":"Zoë","status":"delivered"}';
const minutesLater = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

beforeEach(() => vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return (error as { problem: unknown }).problem;
  }
};
const notVerified = (detail: string) => ({ status: 401, code: 'webhook-not-verified', detail });

describe('the secrets of a source', () => {
  it('stand apart by blanks, however many', () => {
    expect(secretsIn(` ${secret}  ${secretOf('b')}\n`)).toEqual([secret, secretOf('b')]);
  });

  it.each(['', '  '])('are not none: %j', (setting) => {
    expect(() => secretsIn(setting)).toThrow('needs a secret');
  });
});

describe('a signed webhook', () => {
  it('carries what the specification says: v1, HMAC-SHA256 over id, seconds and body', () => {
    const mac = createHmac('sha256', 'a'.repeat(32)).update(`msg-1.1772366400.${body}`).digest('base64');
    expect(sign(secret, 'msg-1', now, body)).toEqual({
      'webhook-id': 'msg-1',
      'webhook-timestamp': '1772366400',
      'webhook-signature': `v1,${mac}`,
    });
  });

  it('has the signature of the example that the specification gives', () => {
    const example = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(
      sign(example, 'msg_p5jXN8AQM9LWM0D4loKWxJek', new Date(1_614_265_330_000), '{"test": 2432232314}'),
    ).toMatchObject({ 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' });
  });

  it('is verified, whatever its body, and gives its id', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'binary' }), (id, text) => {
        expect(verify([secret], { ...sign(secret, id, now, text) }, text)).toBe(id);
      }),
    );
  });

  it('is verified by any of several secrets, and by any of several signatures: either side may rotate first', () => {
    const signed = { ...sign(secret, 'msg-1', now, body) };
    expect(verify([secretOf('b'), secret], signed, body)).toBe('msg-1');
    const both = `${sign(secretOf('b'), 'msg-1', now, body)['webhook-signature']} ${signed['webhook-signature']}`;
    expect(verify([secret], { ...signed, 'webhook-signature': both }, body)).toBe('msg-1');
  });

  it.each([-5, 5])('may be signed %i minutes away', (minutes) => {
    expect(verify([secret], { ...sign(secret, 'msg-1', minutesLater(minutes), body) }, body)).toBe('msg-1');
  });
});

describe('a webhook is refused', () => {
  const signed = { ...sign(secret, 'msg-1', now, body) };

  it.each([
    ['without headers', [secret], {}, 'Missing required headers'],
    ['without an id', [secret], { ...signed, 'webhook-id': undefined }, 'Missing required headers'],
    ['signed with another secret', [secretOf('b')], signed, 'No matching signature found'],
    ['under another id', [secret], { ...signed, 'webhook-id': 'msg-2' }, 'No matching signature found'],
    [
      'under another time',
      [secret],
      { ...signed, 'webhook-timestamp': '1772366401' },
      'No matching signature found',
    ],
    [
      'with a signature of another version',
      [secret],
      { ...signed, 'webhook-signature': signed['webhook-signature'].replace('v1', 'v2') },
      'No matching signature found',
    ],
    ['with an odd time', [secret], { ...signed, 'webhook-timestamp': 'now' }, 'Invalid Signature Headers'],
    ['where no secret is known', [], signed, 'no secret is known for this source'],
  ])('%s', (_what, secrets, headers, detail) => {
    expect(refusal(() => verify(secrets, headers, body))).toMatchObject(notVerified(detail));
  });

  it('with another body', () => {
    expect(refusal(() => verify([secret], signed, body.replace('delivered', 'dispatched')))).toMatchObject(
      notVerified('No matching signature found'),
    );
  });

  it.each([
    [-5.1, 'Message timestamp too old'],
    [5.1, 'Message timestamp too new'],
  ])('signed %f minutes away, however well', (minutes, detail) => {
    const late = { ...sign(secret, 'msg-1', minutesLater(minutes), body) };
    expect(refusal(() => verify([secret], late, body))).toMatchObject(notVerified(detail));
  });
});
