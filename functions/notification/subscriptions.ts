import { listDocuments } from '../../shared/project/find-document.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { ALL_WEBHOOKS, webhooks } from './projections/webhooks.ts';

/** How long a list of webhooks is good for: what every event costs is then one look into memory. */
const KNOWN_FOR_MS = 3_000;
const PAGE = 100;
/** As many webhooks as there can be, ended ones included: SubscribeWebhook refuses more. */
export const MAX_WEBHOOKS = 1_000;

/**
 * A subscription begins this long after it was made: by then every fan-out has read of it. So whether an event is due to
 * a webhook follows from the two alone, whenever and however often that is asked, and the ledger's audit can ask.
 */
export const BEGINS_AFTER_MS = 10_000;

/** To whom an event is due, by their webhooks' ids. */
export type Subscriptions = (
  event: Pick<EventEnvelope, 'eventType' | 'occurredOn'>,
) => Promise<readonly string[]>;

interface Subscription {
  readonly webhookId: string;
  /** Milliseconds since the epoch. */
  readonly begins: number;
}

type ByType = ReadonlyMap<string, readonly Subscription[]>;

/**
 * Active webhooks as the view shows them. What happened before a subscription begins is not sent.
 * @param now milliseconds since the epoch
 */
export const subscriptionsIn = (store: Pick<ProjectionStore, 'list'>, now: () => number): Subscriptions => {
  let known: { readonly until: number; readonly byType: Promise<ByType> } | undefined;
  return async ({ eventType, occurredOn }) => {
    if (!known || now() >= known.until) {
      const fresh = { until: now() + KNOWN_FOR_MS, byType: readByType(store) };
      known = fresh;
      // What could not be read is read again.
      fresh.byType.catch(() => {
        if (known === fresh) known = undefined;
      });
    }
    const subscriptions = (await known.byType).get(eventType) ?? [];
    return subscriptions
      .filter(({ begins }) => Date.parse(occurredOn) >= begins)
      .map(({ webhookId }) => webhookId);
  };
};

const readByType = async (store: Pick<ProjectionStore, 'list'>): Promise<ByType> => {
  const byType = new Map<string, Subscription[]>();
  for await (const { webhookId, status, eventTypes, subscribedAt } of allWebhooks(store)) {
    if (status !== 'active') continue;
    const subscription = { webhookId, begins: Date.parse(subscribedAt) + BEGINS_AFTER_MS };
    for (const type of eventTypes) byType.set(type, [...(byType.get(type) ?? []), subscription]);
  }
  return byType;
};

async function* allWebhooks(store: Pick<ProjectionStore, 'list'>) {
  let after: string | undefined;
  for (let read = 0; read < MAX_WEBHOOKS; read += PAGE) {
    const page = await listDocuments(store, webhooks, ALL_WEBHOOKS, { limit: PAGE, after });
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}

/** How many webhooks there are, ended ones included, as far as the view shows. */
export const countWebhooks = async (store: Pick<ProjectionStore, 'list'>): Promise<number> => {
  let count = 0;
  for await (const _ of allWebhooks(store)) count += 1;
  return count;
};
