import pMap from 'p-map';
import type { CommandContext } from '../decide/command-handler.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { EventDefinition } from '../define/event.ts';
import { classify } from '../errors/classify.ts';
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

/** A policy as a consumer: keys in parallel, the events of a key one after the other (promise 4). */
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
  const inOrder = async (deliveries: readonly Delivery[]): Promise<readonly [Delivery, Verdict][]> => {
    const verdicts: [Delivery, Verdict][] = [];
    let stopped = false;
    for (const delivery of deliveries) {
      const verdict: Verdict = stopped ? held : await one(delivery);
      stopped ||= verdict.kind === 'failed';
      verdicts.push([delivery, verdict]);
    }
    return verdicts;
  };
  return {
    name: rule.name,
    listens: rule.listens,
    process: async (deliveries) => {
      const keys = [...Map.groupBy(deliveries, ({ key }) => key).values()];
      const ended = new Map((await pMap(keys, inOrder, { concurrency: KEYS_IN_PARALLEL })).flat());
      return deliveries.map((delivery) => ended.get(delivery) ?? failed(new Error('not processed')));
    },
  };
};
