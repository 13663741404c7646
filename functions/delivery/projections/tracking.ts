import type { Sealed } from '../../../shared/define/sealed.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import { DeliveryArranged, DeliveryCancelled, DeliveryCompleted, DeliveryDispatched } from '../events.ts';

type Status = 'arranged' | 'cancelled' | 'dispatched' | 'completed';

export interface Tracking {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: Status;
  readonly trackingId?: string;
  /** Opened for who asks, and `null` for them once the customer was erased. */
  readonly address?: Sealed;
  /** Why it was cancelled. */
  readonly reason?: string;
  /** Every status so far, oldest first. */
  readonly history: readonly { readonly status: Status; readonly at: string }[];
}

/** Where a delivery stands and how it came there. */
export const tracking = projection<Tracking>('delivery.tracking', [
  init(DeliveryArranged, ({ payload: { orderId, customerId, trackingId, address }, occurredOn }) => ({
    orderId,
    customerId,
    trackingId,
    address,
    ...reached({ history: [] }, 'arranged', occurredOn),
  })),
  // Refused by the carrier, or fenced before anything was arranged, this is a delivery's first event.
  init(DeliveryCancelled, ({ payload, occurredOn }, delivery) => ({
    ...payload,
    ...delivery,
    reason: payload.reason,
    ...reached(delivery ?? { history: [] }, 'cancelled', occurredOn),
  })),
  when(DeliveryDispatched, (delivery, { occurredOn }) => ({
    ...delivery,
    ...reached(delivery, 'dispatched', occurredOn),
  })),
  when(DeliveryCompleted, (delivery, { occurredOn }) => ({
    ...delivery,
    ...reached(delivery, 'completed', occurredOn),
  })),
]);

const reached = ({ history }: Pick<Tracking, 'history'>, status: Status, at: string) => ({
  status,
  history: [...history, { status, at }],
});
