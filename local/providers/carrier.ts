import { z } from 'zod';
import { deliverCallback, type CallbackTarget, type CarrierCallback } from './carrier-callback.ts';
import { requireKey, serveJson, type Answer, type JsonServer, type Routes } from './json-server.ts';

const Booking = z.object({
  reference: z.string().min(1),
  address: z.object({
    line1: z.string().min(1),
    postcode: z.string().min(1),
    city: z.string().min(1),
    country: z.string().min(1),
  }),
  lines: z.array(z.object({ sku: z.string().min(1), quantity: z.int().positive() })).min(1),
});
type Booking = z.infer<typeof Booking>;

const Cancellation = z.object({ reference: z.string().min(1) });

export interface BookingLine {
  readonly bookingId: string;
  readonly reference: string;
  readonly postcode: string;
  readonly status: 'pending' | 'accepted' | 'refused' | 'cancelled';
  readonly trackingId?: string;
}

export interface Carrier extends JsonServer {
  readonly bookings: () => readonly BookingLine[];
  /** Where decisions are called back to; bookings made before wait for it. */
  readonly configure: (target: CallbackTarget) => void;
}

const DECISION_MS = 10;

/** The carrier's books, without HTTP. `callBack` is told each decision, some time after the booking. */
export function createCarrier(callBack: (key: string, callback: CarrierCallback) => void): {
  readonly routes: Routes;
  readonly bookings: () => BookingLine[];
} {
  const bookings = new Map<string, BookingLine>();
  const keys = new Map<string, Answer>();
  const cancelled = new Set<string>();

  function decide(bookingId: string): void {
    const booking = bookings.get(bookingId);
    if (booking?.status !== 'pending') return;
    const { reference, postcode } = booking;
    const key = `carrier-${bookingId}`;
    if (cancelled.has(reference) || postcode === 'REFUSE') {
      bookings.set(bookingId, { ...booking, status: 'refused' });
      const reason = postcode === 'REFUSE' ? 'address_not_served' : 'cancelled';
      callBack(key, { reference, status: 'refused', reason });
    } else {
      const trackingId = `track-${bookingId}`;
      bookings.set(bookingId, { ...booking, status: 'accepted', trackingId });
      callBack(key, { reference, status: 'accepted', trackingId });
    }
  }

  function book(key: string, { reference, address: { postcode } }: Booking): Answer {
    const known = keys.get(key);
    if (known !== undefined) return known;
    if (postcode === 'ERROR') return { status: 500, body: { message: 'the carrier broke down' } };
    const bookingId = `bk-${String(bookings.size + 1)}`;
    bookings.set(bookingId, { bookingId, reference, postcode, status: 'pending' });
    const answer: Answer = { status: 202, body: { bookingId } };
    keys.set(key, answer);
    if (postcode !== 'SILENT') setTimeout(decide, DECISION_MS, bookingId).unref();
    return answer;
  }

  function cancel(reference: string): Answer {
    cancelled.add(reference);
    for (const booking of bookings.values()) {
      // A refused booking stays refused: there is nothing to take back.
      if (booking.reference === reference && booking.status !== 'refused') {
        bookings.set(booking.bookingId, { ...booking, status: 'cancelled' });
      }
    }
    return { status: 200, body: { status: 'cancelled' } };
  }

  return {
    bookings: () => [...bookings.values()],
    routes: {
      'POST /bookings': (request) => book(requireKey(request), Booking.parse(request.body)),
      'POST /cancellations': (request) => cancel(Cancellation.parse(request.body).reference),
      'GET /bookings': () => ({ status: 200, body: [...bookings.values()] }),
    },
  };
}

/** Starts the fake carrier on loopback. It calls back once `configure` has told it where to. */
export async function startCarrier(port?: number): Promise<Carrier> {
  const target = Promise.withResolvers<CallbackTarget>();
  const stopped = new AbortController();
  const carrier = createCarrier((key, callback) => {
    target.promise
      .then((to) => deliverCallback(to, key, callback, stopped.signal))
      .catch((error: unknown) => {
        if (stopped.signal.aborted) return;
        console.error(`carrier: ${error instanceof Error ? error.message : String(error)}`);
      });
  });
  const server = await serveJson('carrier', carrier.routes, port);
  return {
    url: server.url,
    bookings: carrier.bookings,
    configure: target.resolve,
    async close() {
      stopped.abort();
      await server.close();
    },
  };
}
