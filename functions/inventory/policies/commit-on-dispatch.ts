import { on, policy } from '../../../shared/consume/policy.ts';
import { DeliveryDispatched } from '../../delivery/events.ts';
import type { CommitReservation } from '../commands.ts';

/** Whenever a delivery was dispatched, what its order reserved has left the warehouse. */
export const commitOnDispatch = policy<CommitReservation>('inventory.commit-on-dispatch', [
  on(DeliveryDispatched, ({ payload: { orderId, lines } }) => ({ orderId, lines })),
]);
