import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CarrierCallback } from './carrier-callback.ts';
import { createCarrier } from './carrier.ts';
import type { Answer } from './json-server.ts';

const booking = (postcode: string, reference = 'delivery-1') => ({
  reference,
  address: { line1: 'Hauptstrasse 1', postcode, city: 'Berlin', country: 'DE' },
  lines: [{ sku: 'sku-1', quantity: 2 }],
});

function carrier() {
  const called: CarrierCallback[] = [];
  const { routes, bookings } = createCarrier((_, callback) => called.push(callback));
  const post = (path: string, body: unknown, idempotencyKey = 'key-1'): Answer | undefined =>
    routes[`POST ${path}`]?.({ body, idempotencyKey });
  return { post, bookings, called };
}

describe('the fake carrier', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('accepts a booking some time after it answered', () => {
    const { post, called } = carrier();
    expect(post('/bookings', booking('10115'))).toEqual({ status: 202, body: { bookingId: 'bk-1' } });
    expect(called).toEqual([]);
    vi.runAllTimers();
    expect(called).toEqual([{ reference: 'delivery-1', status: 'accepted', trackingId: 'track-bk-1' }]);
  });

  it('books and calls back once for one Idempotency-Key', () => {
    const { post, called, bookings } = carrier();
    post('/bookings', booking('10115'));
    expect(post('/bookings', booking('10115'))).toEqual({ status: 202, body: { bookingId: 'bk-1' } });
    vi.runAllTimers();
    expect(called).toHaveLength(1);
    expect(bookings()).toHaveLength(1);
  });

  it('refuses where it does not go', () => {
    const { post, called } = carrier();
    post('/bookings', booking('REFUSE'));
    vi.runAllTimers();
    expect(called).toEqual([{ reference: 'delivery-1', status: 'refused', reason: 'address_not_served' }]);
  });

  it('can stay silent, and can break down', () => {
    const { post, called, bookings } = carrier();
    post('/bookings', booking('SILENT'));
    expect(post('/bookings', booking('ERROR'), 'key-2')).toMatchObject({ status: 500 });
    vi.runAllTimers();
    expect(called).toEqual([]);
    expect(bookings()).toMatchObject([{ status: 'pending' }]);
  });

  it('takes a cancellation any number of times, and decides nothing after it', () => {
    const { post, called, bookings } = carrier();
    post('/bookings', booking('10115'));
    for (const _ of [1, 2])
      expect(post('/cancellations', { reference: 'delivery-1' })).toMatchObject({ status: 200 });
    vi.runAllTimers();
    expect(called).toEqual([]);
    expect(bookings()).toMatchObject([{ status: 'cancelled' }]);
  });

  it('remembers a cancellation that came first', () => {
    const { post, called } = carrier();
    post('/cancellations', { reference: 'delivery-1' });
    post('/bookings', booking('10115'));
    vi.runAllTimers();
    expect(called).toEqual([{ reference: 'delivery-1', status: 'refused', reason: 'cancelled' }]);
  });
});
