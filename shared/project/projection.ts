import type { EventEnvelope } from '../define/envelope.ts';
import type { EventDefinition } from '../define/event.ts';
import { PermanentError } from '../errors/mesh-error.ts';

/** Where a document stands: `group` is what a query lists together, `item` names it within. */
export interface DocumentKey {
  readonly group: string;
  readonly item: string;
}

/** A read model folded from events: pure, disposable, the same from the same events (promise 7). */
export interface Projection<Doc> {
  /** Unique in the mesh, for example `order.order-summary`. */
  readonly name: string;
  readonly listens: readonly EventDefinition[];
  /** One document per aggregate: its watermark is a sequence. Otherwise one sequence per aggregate folded in. */
  readonly perAggregate: boolean;
  /**
   * It takes every event of its aggregate, so a missing predecessor shows as a gap in `sequence` (promise 6). One that
   * becomes complete needs a new name: its documents have gaps where it passed events over (ADR 9).
   */
  readonly complete: boolean;
  keyOf(event: EventEnvelope): DocumentKey;
  /** The document after an event. */
  evolve(doc: Doc | undefined, event: EventEnvelope): Doc;
}

interface Step<Doc> {
  readonly definition: EventDefinition;
  evolve(doc: Doc | undefined, event: EventEnvelope): Doc;
}

/** An event that may start a document: `doc` is undefined when it does. */
export const init = <Doc, Type extends string, Payload>(
  definition: EventDefinition<Type, Payload>,
  step: (event: EventEnvelope<Type, Payload>, doc: Doc | undefined) => Doc,
): Step<Doc> => ({
  // The list of steps forgets payload types; `is` restores this one's before it is used.
  definition: definition,
  evolve: (doc, event) => {
    if (!definition.is(event))
      throw new PermanentError('wrong-step', `${event.eventType} is not ${definition.type}`);
    return step(event, doc);
  },
});

/** An event that changes a document which an earlier event started. */
export const when = <Doc, Type extends string, Payload>(
  definition: EventDefinition<Type, Payload>,
  step: (doc: Doc, event: EventEnvelope<Type, Payload>) => Doc,
): Step<Doc> =>
  init(definition, (event, doc) => {
    if (doc === undefined) {
      throw new PermanentError(
        'missing-predecessor',
        `${event.eventType} ${event.aggregateId} has no document to change`,
      );
    }
    return step(doc, event);
  });

/**
 * Declares a projection.
 * @param keyOf only where a document is not simply one aggregate's: it must follow from every listened event alone
 */
export const projection = <Doc>(
  name: string,
  steps: readonly Step<Doc>[],
  keyOf?: (event: EventEnvelope) => DocumentKey,
): Projection<Doc> => {
  const byType = new Map(steps.map((step) => [step.definition.type, step]));
  const aggregates = new Map(steps.map(({ definition: { aggregate } }) => [aggregate.type, aggregate]));
  const [aggregate, ...others] = aggregates.values();
  if (!aggregate || (others.length > 0 && !keyOf)) {
    throw new PermanentError('bad-projection', `${name}: a fold of several aggregates needs a keyOf`);
  }
  return {
    name,
    listens: steps.map(({ definition }) => definition),
    perAggregate: keyOf === undefined,
    complete: keyOf === undefined && [...aggregate.events.keys()].every((type) => byType.has(type)),
    keyOf: keyOf ?? (({ aggregateId }) => ({ group: aggregate.orderingKey(aggregateId), item: aggregateId })),
    evolve: (doc, event) => {
      const step = byType.get(event.eventType);
      if (!step) throw new PermanentError('wrong-step', `${name} has no step for ${event.eventType}`);
      return step.evolve(doc, event);
    },
  };
};
