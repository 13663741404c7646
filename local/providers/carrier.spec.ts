import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CarrierCallback } from './carrier-callback.ts';
import type { ParcelEvent } from './carrier-webhook.ts';
import { createCarrier } from './carrier.ts';
import type { Answer } from './json-server.ts';

const booking = (postcode: string, reference = 'delivery-1') => ({
  reference,
  address: { line1: 'Hauptstrasse 1', postcode, city: 'Berlin', country: 'DE' },
  lines: [{ sku: 'sku-1', quantity: 2 }],
});

function carrier() {
  const called: CarrierCallback[] = [];
  const told: [string, ParcelEvent][] = [];
  const { routes, bookings } = createCarrier({
    callBack: (_, callback) => called.push(callback),
    webhook: (id, event) => told.push([id, event]),
  });
  const post = (path: string, body: unknown, idempotencyKey = 'key-1'): Answer | undefined =>
    routes[`POST ${path}`]?.({ body, idempotencyKey });
  return { post, bookings, called, told };
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

  it('tells of a parcel that it carries when it is asked to, each time under another id', () => {
    const { post, told } = carrier();
    post('/bookings', booking('10115'));
    const dispatched = { reference: 'delivery-1', status: 'dispatched' };
    expect(post('/parcel-events', dispatched)).toMatchObject({ status: 409 });
    vi.runAllTimers();
    expect(post('/parcel-events', dispatched)).toEqual({ status: 202, body: { webhookId: 'carrier-msg-1' } });
    post('/parcel-events', { ...dispatched, status: 'delivered' });
    expect(told).toEqual([
      ['carrier-msg-1', dispatched],
      ['carrier-msg-2', { ...dispatched, status: 'delivered' }],
    ]);
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
