import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition, NewEvent } from '../define/event.ts';

/**
 * How an aggregate's state follows from its events. Pure: `evolve` only adds up what was decided.
 * `initial` is the state before the first event.
 */
export interface Aggregate<State, Event extends EventEnvelope = EventEnvelope> {
  readonly definition: AggregateDefinition;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
}

/** Decides on a state what happens, as new events; none means that nothing needs to. Throws BusinessError for no. */
export type Decide<State> = (state: State) => readonly NewEvent[];

/** The state after a list of events. */
export const fold = <State, Event extends EventEnvelope>(
  { definition, initial, evolve }: Aggregate<State, Event>,
  events: Iterable<EventEnvelope>,
): State => {
  let state = initial;
  for (const event of events) {
    // A published event may be of an older major: its definition lifts it. The union of an aggregate's
    // definitions is exactly its `Event`.
    const kind = definition.events.get(event.eventType);
    if (kind) state = evolve(state, kind.read(event) as Event);
  }
  return state;
};
