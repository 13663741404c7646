import { describe, expect, it } from 'vitest';
import type { Answer } from './json-server.ts';
import { createPaymentGateway } from './payment-gateway.ts';

const charge = { reference: 'order-1', amount: 1_990, currency: 'EUR', method: 'card-ok' };
const captured = { status: 201, body: { chargeId: 'ch-1', status: 'captured' } };

function gateway() {
  const { routes, charges } = createPaymentGateway();
  const post = (path: string, body: unknown, idempotencyKey = 'key-1'): Answer | undefined =>
    routes[`POST ${path}`]?.({ body, idempotencyKey });
  return { post, charges };
}

describe('the fake payment gateway', () => {
  it('captures', () => {
    const { post, charges } = gateway();
    expect(post('/charges', charge)).toEqual(captured);
    expect(charges()).toEqual([
      { reference: 'order-1', amount: 1_990, currency: 'EUR', status: 'captured', refunded: 0 },
    ]);
  });

  it('never charges twice under one Idempotency-Key', () => {
    const { post, charges } = gateway();
    post('/charges', charge);
    expect(post('/charges', charge)).toEqual(captured);
    expect(charges()).toHaveLength(1);
  });

  it('refuses an Idempotency-Key that comes back with another body', () => {
    const { post, charges } = gateway();
    post('/charges', charge);
    expect(post('/charges', { ...charge, amount: 1 })).toMatchObject({ status: 422 });
    expect(charges()).toHaveLength(1);
  });

  it('declines, and captures nothing', () => {
    const { post } = gateway();
    expect(post('/charges', { ...charge, method: 'card-declined' })).toEqual({
      status: 402,
      body: { status: 'declined', reason: 'insufficient_funds' },
    });
  });

  it('breaks down twice before a flaky card captures', () => {
    const { post } = gateway();
    const flaky = { ...charge, method: 'card-flaky' };
    expect(post('/charges', flaky)).toMatchObject({ status: 503 });
    expect(post('/charges', flaky)).toMatchObject({ status: 503 });
    expect(post('/charges', flaky)).toEqual(captured);
  });

  it('has captured when it loses the answer, and says so when asked again', () => {
    const { post, charges } = gateway();
    const lost = { ...charge, method: 'card-lost-answer' };
    expect(post('/charges', lost)).toBe('cut');
    expect(post('/charges', lost)).toEqual(captured);
    expect(charges()).toHaveLength(1);
  });

  it.each(['card-timeout', 'card-error'])('captures nothing with %s', (method) => {
    const { post, charges } = gateway();
    post('/charges', { ...charge, method });
    expect(charges()).toEqual([]);
  });

  it('gives back what was captured, once', () => {
    const { post, charges } = gateway();
    post('/charges', charge);
    const refunded = { status: 200, body: { status: 'refunded', refundId: 're-1', amount: 1_990 } };
    expect(post('/refunds', { reference: 'order-1' }, 'refund-1')).toEqual(refunded);
    expect(post('/refunds', { reference: 'order-1' }, 'refund-2')).toEqual(refunded);
    expect(charges()).toMatchObject([{ refunded: 1_990 }]);
  });

  it('voids a reference with its refund: a charge that comes later is declined', () => {
    const { post, charges } = gateway();
    expect(post('/refunds', { reference: 'order-1' }, 'refund-1')).toEqual({
      status: 200,
      body: { status: 'nothing_captured', amount: 0 },
    });
    expect(post('/charges', charge)).toEqual({ status: 402, body: { status: 'declined', reason: 'voided' } });
    expect(charges()).toMatchObject([{ status: 'declined' }]);
  });

  it.each([
    ['a fraction of a minor unit', { ...charge, amount: 19.9 }],
    ['no money', { ...charge, amount: 0 }],
    ['an unknown method', { ...charge, method: 'cash' }],
    ['no body', undefined],
  ])('refuses %s', (_, body) => {
    expect(() => gateway().post('/charges', body)).toThrow();
  });

  it('refuses a charge without an Idempotency-Key', () => {
    expect(() => gateway().post('/charges', charge, '')).toThrow('Idempotency-Key');
  });
});
