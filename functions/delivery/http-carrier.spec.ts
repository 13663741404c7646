import { describe, expect, it } from 'vitest';
import { PermanentError, TransientError } from '../../shared/errors/mesh-error.ts';
import { httpProvider } from '../../shared/testing/http-provider.ts';
import { httpCarrier } from './http-carrier.ts';

const { listening, answering, recording, close } = httpProvider((url, timeoutMs) =>
  httpCarrier(url, { timeoutMs }),
);

const reference = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const address = { line1: 'Hauptstr. 1', postcode: '10115', city: 'Berlin', country: 'DE' };
const lines = [{ sku: 'chair', quantity: 2 }];
const booking = { reference, address, lines, idempotencyKey: `${reference}#ArrangeDelivery` };

describe('a booking', () => {
  it('is asked for with its key', async () => {
    const { seen, client: carrier } = await recording(202, '{"bookingId":"bk-1","more":"than we know"}');
    expect(await carrier.book(booking)).toStrictEqual({ bookingId: 'bk-1' });
    expect(seen).toStrictEqual([
      {
        method: 'POST',
        url: '/v1/bookings',
        key: booking.idempotencyKey,
        body: { reference, address, lines },
      },
    ]);
  });
});

describe('a cancellation', () => {
  it('names the reference', async () => {
    const { seen, client: carrier } = await recording(200, '{"status":"cancelled"}');
    await carrier.cancel(reference);
    expect(seen).toStrictEqual([
      { method: 'POST', url: '/v1/cancellations', key: undefined, body: { reference } },
    ]);
  });
});

describe('a carrier in trouble', () => {
  it.each([408, 409, 425, 429, 500, 502, 503, 504])(
    'that answers %i is worth trying again',
    async (status) => {
      const carrier = await answering(status, '');
      await expect(carrier.book(booking)).rejects.toThrow(TransientError);
      await expect(carrier.cancel(reference)).rejects.toMatchObject({ code: 'carrier-unavailable' });
    },
  );

  it('that does not answer in time is worth trying again', async () => {
    const carrier = await listening(() => undefined, 50);
    await expect(carrier.book(booking)).rejects.toMatchObject({
      code: 'carrier-unreachable',
      errorClass: 'transient',
    });
  });

  it('that stops in the middle of its answer is worth trying again', async () => {
    const carrier = await listening((_, response) => {
      response.writeHead(202, { 'content-length': '100' }).write('{"booking');
      setImmediate(() => response.destroy());
    });
    await expect(carrier.book(booking)).rejects.toMatchObject({ code: 'carrier-unreachable' });
  });

  it('that is not there is worth trying again', async () => {
    const carrier = await answering(202, '');
    await close();
    await expect(carrier.book(booking)).rejects.toMatchObject({ code: 'carrier-unreachable' });
  });
});

describe('an answer that the contract does not have', () => {
  it.each([
    ['a refusal by status', 400, '{}'],
    ['another success', 200, '{"bookingId":"bk-1"}'],
    ['a redirection', 307, ''],
    ['no booking id', 202, '{}'],
    ['an empty body', 202, ''],
    ['what is not JSON', 202, '<html>'],
  ])('is a fault that no retry helps: %s', async (_, status, body) => {
    const carrier = await answering(status, body, { location: '/elsewhere' });
    await expect(carrier.book(booking)).rejects.toThrow(PermanentError);
  });

  it('does not pass for a cancellation', async () => {
    const carrier = await answering(202, '');
    await expect(carrier.cancel(reference)).rejects.toMatchObject({ code: 'carrier-contract' });
  });
});
