import type { EventDefinition } from '../../shared/define/event.ts';
import { knownEvents } from '../mesh/events.ts';

/** Every kind of event that another context publishes: what is counted. Its own findings are not among them. */
export const watchedEvents: readonly EventDefinition[] = knownEvents.filter(
  ({ aggregate }) => aggregate.context !== 'observability',
);
