import type { EventDefinition } from '../../shared/define/event.ts';
import { knownEvents } from '../mesh/events.ts';

/**
 * What webhooks can carry: every event of the other contexts. Our own stay inside, since a delivery that is an
 * event that is delivered would never end.
 */
export const deliverableEvents: readonly EventDefinition[] = knownEvents.filter(
  ({ aggregate }) => aggregate.context !== 'notification',
);
