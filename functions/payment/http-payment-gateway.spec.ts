import { describe, expect, it } from 'vitest';
import { PermanentError, TransientError, UnavailableError } from '../../shared/errors/mesh-error.ts';
import { httpProvider } from '../../shared/testing/http-provider.ts';
import { httpPaymentGateway } from './http-payment-gateway.ts';

const { listening, answering, recording, close } = httpProvider((url, timeoutMs) =>
  httpPaymentGateway(url, { timeoutMs }),
);

const charge = {
  reference: 'C-1.00000000-0000-8000-8000-000000000001',
  amount: { amount: 1999, currency: 'EUR' },
  method: 'card-ok',
  idempotencyKey: 'C-1.00000000-0000-8000-8000-000000000001#ProcessPayment',
};
const refund = { reference: charge.reference, idempotencyKey: `${charge.reference}#RefundPayment` };

describe('a charge', () => {
  it('is asked for with its key, in minor units', async () => {
    const { seen, client: gateway } = await recording(201, '{"status":"captured","chargeId":"ch-1"}');
    expect(await gateway.charge(charge)).toStrictEqual({ status: 'captured', chargeId: 'ch-1' });
    const { reference, method } = charge;
    expect(seen).toStrictEqual([
      {
        method: 'POST',
        url: '/v1/charges',
        key: charge.idempotencyKey,
        body: { reference, amount: 1999, currency: 'EUR', method },
      },
    ]);
  });

  it('may be declined', async () => {
    const gateway = await answering(402, { status: 'declined', reason: 'insufficient_funds' });
    expect(await gateway.charge(charge)).toStrictEqual({ status: 'declined', reason: 'insufficient-funds' });
  });

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['prose', 'Ada Lovelace has moved away'],
    ['prose without end', 'no '.repeat(1_000)],
  ])('is declined for a code of ours where the gateway says %s', async (_, reason) => {
    const gateway = await answering(402, { status: 'declined', reason });
    expect(await gateway.charge(charge)).toStrictEqual({
      status: 'declined',
      reason: 'declined-by-gateway',
    });
  });
});

describe('a refund', () => {
  it('tells what went back', async () => {
    const gateway = await answering(200, { status: 'refunded', refundId: 're-1', amount: 1999 });
    expect(await gateway.refund(refund)).toStrictEqual({
      status: 'refunded',
      refundId: 're-1',
      amount: 1999,
    });
  });

  it('tells that nothing had been captured', async () => {
    const gateway = await answering(200, { status: 'nothing_captured', amount: 0 });
    expect(await gateway.refund(refund)).toStrictEqual({ status: 'nothing-captured' });
  });
});

describe('no answer leaves open whether money moved: transient', () => {
  it.each([500, 502, 503, 504, 408, 409, 425, 429])('status %i', async (status) => {
    const gateway = await answering(status, 'oops');
    await expect(gateway.charge(charge)).rejects.toThrow(TransientError);
    await expect(gateway.refund(refund)).rejects.toThrow(TransientError);
  });

  it('a gateway that never answers', async () => {
    const gateway = await listening(() => undefined, 50);
    await expect(gateway.charge(charge)).rejects.toMatchObject({
      code: 'gateway-unreachable',
      errorClass: 'transient',
    });
  });

  it('a body that never ends', async () => {
    const gateway = await listening((_, response) => {
      response.writeHead(201, { 'content-length': '100' });
      response.write('{"status":');
    }, 50);
    await expect(gateway.charge(charge)).rejects.toThrow(TransientError);
  });

  it('a connection that is cut before the answer', async () => {
    const gateway = await listening((request) => request.socket.destroy());
    await expect(gateway.charge(charge)).rejects.toThrow(TransientError);
  });

  it('a connection that is cut within the answer', async () => {
    const gateway = await listening((request, response) => {
      response.writeHead(201, { 'content-length': '100' });
      response.write('{"status":', () => request.socket.destroy());
    });
    await expect(gateway.charge(charge)).rejects.toThrow(TransientError);
  });

  it('nobody listening', async () => {
    const gateway = await answering(201, {});
    await close();
    await expect(gateway.charge(charge)).rejects.toThrow(TransientError);
  });
});

describe('an answer that breaks the contract: permanent', () => {
  it.each([
    ['not JSON', 201, '<html>'],
    ['empty', 201, ''],
    ['without a charge id', 201, { status: 'captured' }],
    ['captured, with the status of a decline', 402, { status: 'captured', chargeId: 'ch-1' }],
    ['a decline without a reason', 402, { status: 'declined' }],
    ['another success', 200, { status: 'captured', chargeId: 'ch-1' }],
    ['a request it does not understand', 400, { message: 'no' }],
    ['credentials it does not take', 401, 'who are you?'],
  ])('to a charge: %s', async (_, status, body) => {
    const gateway = await answering(status, body);
    await expect(gateway.charge(charge)).rejects.toThrow(PermanentError);
  });

  it.each([
    ['not JSON', 200, 'done'],
    ['an unknown status', 200, { status: 'pending' }],
    ['refunded, without an amount', 200, { status: 'refunded', refundId: 're-1' }],
    ['refunded a fraction', 200, { status: 'refunded', refundId: 're-1', amount: 19.99 }],
    ['a request it does not understand', 404, { message: 'no' }],
  ])('to a refund: %s', async (_, status, body) => {
    const gateway = await answering(status, body);
    await expect(gateway.refund(refund)).rejects.toThrow(PermanentError);
  });

  it('is not followed to where it redirects', async () => {
    const gateway = await answering(307, '', { location: 'http://127.0.0.1:1/' });
    await expect(gateway.charge(charge)).rejects.toMatchObject({ code: 'gateway-contract' });
  });
});

describe('the gateway’s address', () => {
  it('is checked before anything is charged', () => {
    expect(() => httpPaymentGateway('payments')).toThrow('Invalid URL');
  });
});

it('is not asked while its circuit is open (CON-12)', async () => {
  const open = new UnavailableError('circuit-open', 'the circuit is open');
  const gateway = httpPaymentGateway('http://127.0.0.1:1', { circuit: { run: () => Promise.reject(open) } });
  await expect(gateway.charge(charge)).rejects.toBe(open);
  await expect(gateway.refund(refund)).rejects.toBe(open);
});
