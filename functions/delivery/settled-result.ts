import type { StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { DeliveryState } from './delivery.ts';
import { DeliveryArranged, DeliveryCancelled } from './events.ts';

/** The saga's answer as an order's stream has it; undefined while the carrier has not answered. */
export const settledResult = (state: DeliveryState): StepResult | undefined => {
  switch (state.status) {
    case 'none':
      return undefined;
    case 'cancelled':
      return { outcome: 'refused', event: DeliveryCancelled.type, reason: state.reason };
    case 'arranged':
    case 'dispatched':
    case 'completed':
      return { outcome: 'arranged', event: DeliveryArranged.type, details: { trackingId: state.trackingId } };
  }
};
