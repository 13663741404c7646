import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Clock } from '../define/clock.ts';
import { envelopeSchema, type EventEnvelope, type Metadata } from '../define/envelope.ts';
import type { NewEvent } from '../define/event.ts';
import { parse } from '../define/parse.ts';
import { PermanentError, SchemaViolation } from '../errors/mesh-error.ts';
import { fold, type Aggregate, type Decide } from './aggregate.ts';
import { VersionConflict, type Commit, type EventStore, type History } from './event-store.ts';
import type { StateMemory } from './state-memory.ts';

/** Who asked for a command, on behalf of what. Becomes the metadata of the events it decides. */
export interface CommandContext extends Omit<Metadata, 'schemaVersion'> {
  /** Names this one command. The same id again returns the first outcome: a command takes effect once. */
  readonly commandId: string;
}

/** What a command wrote, or had written when it ran before. */
export interface Outcome {
  readonly events: readonly EventEnvelope[];
  /** True when an earlier run of the same command had written these events. */
  readonly repeated: boolean;
}

export interface CommandHandler {
  /** Runs one command on one aggregate. */
  execute<State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateId: string,
    context: CommandContext,
    decide: Decide<State>,
  ): Promise<Outcome>;
  /** Runs one command on several aggregates of a kind: their events are written together or not at all. */
  executeAll<State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateIds: readonly string[],
    context: CommandContext,
    decide: (states: ReadonlyMap<string, State>) => ReadonlyMap<string, readonly NewEvent[]>,
  ): Promise<Outcome>;
  /** The present state of an aggregate. */
  state<State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateId: string,
  ): Promise<State>;
}

const MAX_ATTEMPTS = 12;
const BACKOFF_BASE_MS = 10;
const BACKOFF_CAP_MS = 400;

/** Exponential back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
const backOff = (attempt: number): Promise<void> =>
  delay(Math.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt));

const committedBy = (pasts: readonly { readonly history: History }[], commandId: string): EventEnvelope[] =>
  pasts.flatMap(({ history }) =>
    history.filter((commit) => commit.commandId === commandId).flatMap(({ events }) => events),
  );

/** What an aggregate has behind it: the commits that had to be loaded, and the state after all there are. */
interface Past<State> {
  readonly aggregateId: string;
  readonly history: History;
  readonly sequence: number;
  /** Folds when asked: a repeated command needs no state. */
  present(): State;
}

/**
 * Load, decide, append on the expected sequence; on a conflict load and decide again, up to 12 times with
 * back-off, then the VersionConflict is the caller's to retry.
 * @param memory of states, for aggregates whose histories are too long to be loaded for each command
 */
export const commandHandler = (
  store: EventStore,
  clock: Clock = systemClock,
  memory?: StateMemory,
): CommandHandler => {
  const pastOf = async <State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    aggregateId: string,
    commandId?: string,
  ): Promise<Past<State>> => {
    const known = memory?.recall(aggregate, aggregateId);
    const ranAt = commandId === undefined ? undefined : known?.commits.get(commandId);
    // A command that has run before is answered with its commit: that is loaded again.
    const after = ranAt === undefined ? (known?.sequence ?? 0) : ranAt - 1;
    const history = await store.load(aggregate.definition, aggregateId, after);
    const sequence = history.at(-1)?.events.at(-1)?.sequence ?? after;
    return {
      aggregateId,
      history,
      sequence,
      present: () => {
        const initial = known ? known.state : aggregate.initial;
        const state = fold(
          { ...aggregate, initial },
          history.flatMap(({ events }) => events),
        );
        const commits = known?.commits ?? new Map<string, number>();
        for (const { commandId, events } of history) commits.set(commandId, events[0]?.sequence ?? 0);
        memory?.keep(aggregate, aggregateId, { state, sequence, commits });
        return state;
      },
    };
  };

  const attempt = async <State, Event extends EventEnvelope>(
    aggregate: Aggregate<State, Event>,
    ids: readonly string[],
    context: CommandContext,
    decide: (states: ReadonlyMap<string, State>) => ReadonlyMap<string, readonly NewEvent[]>,
  ): Promise<Outcome> => {
    const pasts = await Promise.all(ids.map((id) => pastOf(aggregate, id, context.commandId)));
    const earlier = committedBy(pasts, context.commandId);
    if (earlier.length > 0) return { events: earlier, repeated: true };
    const states = ourFault(() => new Map(pasts.map((past) => [past.aggregateId, past.present()])));
    const sequences = new Map(pasts.map(({ aggregateId, sequence }) => [aggregateId, sequence]));
    const decided = decide(states);
    const commits = [...decided]
      .filter(([, news]) => news.length > 0)
      .map(([aggregateId, news]): Commit => {
        const last = sequences.get(aggregateId) ?? 0;
        return {
          aggregate: aggregate.definition,
          aggregateId,
          commandId: context.commandId,
          events: ourFault(() =>
            news.map((event, i) => envelop(event, aggregateId, last + 1 + i, context, clock)),
          ),
        };
      });
    await store.append(commits);
    return { events: commits.flatMap(({ events }) => events), repeated: false };
  };

  const executeAll: CommandHandler['executeAll'] = async (aggregate, ids, context, decide) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(aggregate, ids, context, decide);
      } catch (error) {
        if (!(error instanceof VersionConflict) || tries === MAX_ATTEMPTS) throw error;
        await backOff(tries);
      }
    }
  };
  return {
    executeAll,
    execute: (aggregate, aggregateId, context, decide) =>
      executeAll(aggregate, [aggregateId], context, (states) => {
        const state = states.get(aggregateId);
        return new Map([[aggregateId, decide(state === undefined ? aggregate.initial : state)]]);
      }),
    state: async (aggregate, aggregateId) => (await pastOf(aggregate, aggregateId)).present(),
  };
};

/** An event of ours that breaks its contract is a fault of ours: nobody who sent a command can mend it. */
const ourFault = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SchemaViolation)) throw error;
    throw new PermanentError('invalid-event', error.message, { cause: error });
  }
};

const envelop = (
  { definition, payload }: NewEvent,
  aggregateId: string,
  sequence: number,
  { commandId: _, ...metadata }: CommandContext,
  clock: Clock,
): EventEnvelope => {
  const event = definition.read({
    eventId: clock.newId(),
    eventType: definition.type,
    aggregateType: definition.aggregate.type,
    aggregateId,
    sequence,
    occurredOn: clock.now().toISOString(),
    version: definition.version,
    source: definition.aggregate.context,
    payload,
    metadata: { ...metadata, schemaVersion: definition.schemaVersion },
  });
  // Published events are for good: one that every consumer would have to park must not be written.
  parse(envelopeSchema, event, `${definition.type} envelope`);
  return event;
};
