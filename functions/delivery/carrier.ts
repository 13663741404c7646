import type { Address } from '../../shared/define/address.ts';
import type { ParcelLine } from './events.ts';

export interface Booking {
  /** The order's id: the carrier's answer names it, and so does a cancellation. */
  readonly reference: string;
  readonly address: Address;
  readonly lines: readonly ParcelLine[];
  /** The same key is the same booking, however often it is sent. */
  readonly idempotencyKey: string;
}

/**
 * Who carries parcels. Both calls are safe to repeat.
 * They throw TransientError when the carrier cannot be reached (`carrier-unreachable`) or is in trouble
 * (`carrier-unavailable`), and PermanentError when it answers something that its contract does not have.
 */
export interface Carrier {
  /** Asks for a delivery. Whether it takes place the carrier says later, through its callback. */
  book(booking: Booking): Promise<{ readonly bookingId: string }>;
  /** Takes a booking back, and one of the same reference that is yet to arrive. */
  cancel(reference: string): Promise<void>;
}
