import type { EventEnvelope } from '../define/envelope.ts';
import type { Aggregate } from './aggregate.ts';

/** An aggregate as it was after its first events. */
export interface Remembered<State> {
  readonly state: State;
  /** That of the last event in `state`. */
  readonly sequence: number;
  /** At which sequence each command's commit begins, of all commits in `state` and perhaps of later ones. */
  readonly commits: Map<string, number>;
}

/**
 * States between commands. What was folded once never changes (events are immutable, and appended without gaps), so a
 * state that is remembered is only ever behind: a command loads and folds what came after it.
 */
export interface StateMemory {
  recall<State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateId: string,
  ): Remembered<State> | undefined;
  keep<State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateId: string,
    remembered: Remembered<State>,
  ): void;
}

/** Shorter histories are one read, and not worth the room. */
const MIN_EVENTS = 100;
/** Over all aggregates. An event costs a few hundred bytes of state and commits at most. */
const MAX_EVENTS = 500_000;

/** The memory of one process: the aggregates used last, as many as there is room for. */
export const processStateMemory = (minEvents = MIN_EVENTS, maxEvents = MAX_EVENTS): StateMemory => {
  /** The one used last stands last. */
  const kept = new Map<string, Remembered<unknown>>();
  let events = 0;
  const take = (name: string): Remembered<unknown> | undefined => {
    const found = kept.get(name);
    if (found && kept.delete(name)) events -= found.sequence;
    return found;
  };
  const put = (name: string, remembered: Remembered<unknown>): void => {
    kept.set(name, remembered);
    events += remembered.sequence;
  };
  return {
    recall: <State>({ definition }: { readonly definition: { readonly type: string } }, id: string) => {
      const name = `${definition.type}#${id}`;
      const found = take(name);
      if (found) put(name, found);
      // Kept under this name by the same aggregate.
      return found as Remembered<State> | undefined;
    },
    keep: ({ definition }, id, remembered) => {
      if (remembered.sequence < minEvents) return;
      const name = `${definition.type}#${id}`;
      const known = take(name);
      put(name, known && known.sequence > remembered.sequence ? known : remembered);
      for (const oldest of kept.keys()) {
        if (events <= maxEvents) break;
        take(oldest);
      }
    },
  };
};
