import pMap from 'p-map';
import type { CommandContext } from '../decide/command-handler.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { EventDefinition } from '../define/event.ts';
import { classify } from '../errors/classify.ts';
import { UnavailableError } from '../errors/mesh-error.ts';
import { withTrace } from '../observe/telemetry.ts';
import { applied, failed, held, refused, type Consumer, type Delivery, type Verdict } from './consumer.ts';

/** Business rules of the form "whenever this happened, do that": pure, from an event to an action as data. */
export interface Policy<Action> {
  readonly name: string;
  readonly listens: readonly EventDefinition[];
  /** The action an event calls for, if any. */
  react(event: EventEnvelope): Action | undefined;
}

interface Reaction<Action> {
  readonly definition: EventDefinition;
  react(event: EventEnvelope): Action | undefined;
}

/** Whenever an event of this kind happened, this action is due. */
export const on = <Type extends string, Payload, Action>(
  definition: EventDefinition<Type, Payload>,
  react: (event: EventEnvelope<Type, Payload>) => Action | undefined,
): Reaction<Action> => ({
  // The list of reactions forgets payload types; `is` restores this one's before it is used.
  definition: definition,
  react: (event) => (definition.is(event) ? react(event) : undefined),
});

export const policy = <Action>(name: string, reactions: readonly Reaction<Action>[]): Policy<Action> => {
  const byType = new Map(reactions.map((reaction) => [reaction.definition.type, reaction]));
  return {
    name,
    listens: reactions.map(({ definition }) => definition),
    react: (event) => byType.get(event.eventType)?.react(event),
  };
};

/**
 * Carries out an action. The context's `commandId` is `consumer#eventId`: a command handler that gets it takes
 * effect once however often the event is delivered (promise 3).
 */
export type Perform<Action> = (
  action: Action,
  context: CommandContext,
  event: EventEnvelope,
) => Promise<unknown>;

const KEYS_IN_PARALLEL = 16;

/**
 * A policy as a consumer: keys in parallel, the events of a key one after the other (promise 4). It begins no action when
 * less time is left than the longest one took: what it ended stands, and the rest comes again, without an attempt spent.
 * Otherwise a batch that takes longer than an invocation would be begun anew for ever.
 */
export const reacting = <Action>(rule: Policy<Action>, perform: Perform<Action>): Consumer => {
  const one = async ({ event }: Delivery): Promise<Verdict> => {
    const { correlationId, traceId, userId, sessionId } = event.metadata;
    const context: CommandContext = {
      commandId: `${rule.name}#${event.eventId}`,
      correlationId,
      causationId: event.eventId,
      traceId,
      userId,
      sessionId,
    };
    return withTrace(context, async () => {
      try {
        const action = rule.react(event);
        if (action !== undefined) await perform(action, context, event);
        return applied;
      } catch (error) {
        return classify(error) === 'business' ? refused(error) : failed(error);
      }
    });
  };
  const inOrder = async (
    deliveries: readonly Delivery[],
    inTime: InTime,
  ): Promise<readonly [Delivery, Verdict][]> => {
    const verdicts: [Delivery, Verdict][] = [];
    let stopped = false;
    for (const delivery of deliveries) {
      const verdict: Verdict = stopped ? held : await inTime(() => one(delivery));
      stopped ||= verdict.kind === 'failed';
      verdicts.push([delivery, verdict]);
    }
    return verdicts;
  };
  return {
    name: rule.name,
    listens: rule.listens,
    process: async (deliveries, remaining = () => Infinity) => {
      const keys = [...Map.groupBy(deliveries, ({ key }) => key).values()];
      const inTime = beginningInTime(remaining);
      const ends = await pMap(keys, (key) => inOrder(key, inTime), { concurrency: KEYS_IN_PARALLEL });
      const ended = new Map(ends.flat());
      return deliveries.map((delivery) => ended.get(delivery) ?? failed(new Error('not processed')));
    },
  };
};

/** Does a piece of work, or answers that there is no time for it. */
type InTime = (work: () => Promise<Verdict>) => Promise<Verdict>;

/** The first pieces begin whatever the time: each invocation gets on. */
const beginningInTime = (remaining: () => number): InTime => {
  let longestMs = 0;
  return async (work) => {
    const before = remaining();
    if (longestMs > 0 && before < longestMs)
      return failed(new UnavailableError('out-of-time', 'the invocation has no time left for this record'));
    const verdict = await work();
    // What an invocation has left is the one clock there is here.
    if (before < Infinity) longestMs = Math.max(longestMs, before - remaining(), 1);
    return verdict;
  };
};
