import type { CommandContext } from '../../shared/decide/command-handler.ts';
import type { RequestedDelivery } from './delivery.ts';

/** A delivery that the saga waits for: what was asked, by which step, and on behalf of what. */
export interface DeliveryRequest extends RequestedDelivery {
  readonly taskToken: string;
  /** The saga's trail: the events that the carrier's answer leads to carry it on. */
  readonly trail: Omit<CommandContext, 'commandId'>;
}

/** What a carrier's answer is matched with. Not a source of truth: an order's stream is that. */
export interface DeliveryRequests {
  /** Kept for a day. A later attempt of the step has the newer token: it replaces the earlier one's. */
  remember(request: DeliveryRequest): Promise<void>;
  /** Sees every request that was remembered before. */
  find(orderId: string): Promise<DeliveryRequest | undefined>;
}
