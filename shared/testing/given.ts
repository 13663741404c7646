import { expect } from 'vitest';
import { fold, type Aggregate } from '../decide/aggregate.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { NewEvent } from '../define/event.ts';
import { BusinessError } from '../errors/mesh-error.ts';
import { envelopesOf } from './envelope-of.ts';

interface Decided {
  /** Exactly these events were decided, and each obeys its schema. An empty list: nothing needed to happen. */
  then(expected: readonly NewEvent[]): void;
  /** A business rule said no, with this code. */
  thenRefused(code: string): void;
}

interface Given<State> {
  when(decide: (state: State) => readonly NewEvent[]): Decided;
}

/** What two lists of events are compared by. */
const facts = (events: readonly NewEvent[]) =>
  events.map(({ definition, payload }) => ({ type: definition.type, payload }));

/**
 * A test of an aggregate as a story.
 * @example given(order, [OrderCreated.of(…)]).when((state) => confirmOrder(state)).thenRefused('order-state');
 */
export const given = <State, Event extends EventEnvelope>(
  aggregate: Aggregate<State, Event>,
  history: readonly NewEvent[] = [],
): Given<State> => {
  const folded = (events: readonly NewEvent[]): State => fold(aggregate, envelopesOf('test-1', events));
  return {
    when: (decide) => ({
      then: (expected) => {
        const decided = decide(folded(history));
        expect(facts(decided)).toStrictEqual(facts(expected));
        // What was decided can also be read back and added up, which checks it against its schema.
        folded([...history, ...decided]);
      },
      thenRefused: (code) => {
        const state = folded(history);
        const refusal = catching(() => decide(state));
        expect(refusal, 'expected a BusinessError').toBeInstanceOf(BusinessError);
        expect(refusal).toMatchObject({ code });
      },
    }),
  };
};

const catching = (run: () => readonly NewEvent[]): unknown => {
  try {
    return facts(run());
  } catch (error) {
    return error;
  }
};
