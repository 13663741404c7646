import { on, policy } from '../../../shared/consume/policy.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { deliverableEvents } from '../deliverable-events.ts';

/** Whenever anything happened in another context, it is due to the webhooks that subscribe to it. */
export const fanOutWebhooks = policy<EventEnvelope>(
  'notification.fan-out-webhooks',
  deliverableEvents.map((definition) => on(definition, (event) => event)),
);
