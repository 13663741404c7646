import { z } from 'zod';
import { deliverCallback, type CallbackTarget, type CarrierCallback } from './carrier-callback.ts';
import { deliverWebhook, type ParcelEvent } from './carrier-webhook.ts';
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

const Parcel = z.object({ reference: z.string().min(1), status: z.enum(['dispatched', 'delivered']) });

export interface BookingLine {
  readonly bookingId: string;
  readonly reference: string;
  readonly postcode: string;
  readonly status: 'pending' | 'accepted' | 'refused' | 'cancelled';
  readonly trackingId?: string;
}

export interface Carrier extends JsonServer {
  readonly bookings: () => readonly BookingLine[];
  /** Where the mesh listens; what there was to tell before waits for it. */
  readonly configure: (mesh: MeshTarget) => void;
}

interface MeshTarget {
  readonly callbacks: CallbackTarget;
  /** The URL that takes webhooks. */
  readonly webhooks: string;
}

/** How the carrier tells the mesh something, each under a name of its own. */
interface Tell {
  readonly callBack: (key: string, callback: CarrierCallback) => void;
  readonly webhook: (id: string, event: ParcelEvent) => void;
}

const DECISION_MS = 10;

/**
 * The carrier's books, without HTTP. It calls back with each decision, some time after the booking; of a parcel it
 * tells when it is asked to.
 */
export function createCarrier({ callBack, webhook }: Tell): {
  readonly routes: Routes;
  readonly bookings: () => BookingLine[];
} {
  const bookings = new Map<string, BookingLine>();
  const keys = new Map<string, Answer>();
  const cancelled = new Set<string>();
  let webhooks = 0;

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

  /** Of a parcel that it carries; what was sent before does not matter to it. */
  function follow(event: ParcelEvent): Answer {
    const carried = [...bookings.values()].some(
      ({ reference, status }) => reference === event.reference && status === 'accepted',
    );
    if (!carried) return { status: 409, body: { message: `no parcel of ${event.reference} is carried` } };
    webhooks += 1;
    const webhookId = `carrier-msg-${String(webhooks)}`;
    webhook(webhookId, event);
    return { status: 202, body: { webhookId } };
  }

  return {
    bookings: () => [...bookings.values()],
    routes: {
      'POST /bookings': (request) => book(requireKey(request), Booking.parse(request.body)),
      'POST /cancellations': (request) => cancel(Cancellation.parse(request.body).reference),
      'POST /parcel-events': (request) => follow(Parcel.parse(request.body)),
      'GET /bookings': () => ({ status: 200, body: [...bookings.values()] }),
    },
  };
}

/** Starts the fake carrier on loopback. It tells the mesh things once `configure` has told it where to. */
export async function startCarrier(port?: number): Promise<Carrier> {
  const mesh = Promise.withResolvers<MeshTarget>();
  const stopped = new AbortController();
  const tell = (send: (mesh: MeshTarget) => Promise<void>): void => {
    mesh.promise.then(send).catch((error: unknown) => {
      if (stopped.signal.aborted) return;
      console.error(`carrier: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  const carrier = createCarrier({
    callBack: (key, callback) => {
      tell(({ callbacks }) => deliverCallback(callbacks, key, callback, stopped.signal));
    },
    webhook: (id, event) => {
      tell(({ webhooks }) => deliverWebhook(webhooks, id, event, stopped.signal));
    },
  });
  const server = await serveJson('carrier', carrier.routes, port);
  return {
    url: server.url,
    bookings: carrier.bookings,
    configure: mesh.resolve,
    async close() {
      stopped.abort();
      await server.close();
    },
  };
}
