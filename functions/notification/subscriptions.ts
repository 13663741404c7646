import pMap from 'p-map';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { OwnedAggregates } from '../../shared/decide/owned-aggregates.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { allDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { webhook as definition, webhookAggregateId, WEBHOOKS } from './events.ts';
import { ALL_WEBHOOKS, webhooks, type WebhookView } from './projections/webhooks.ts';
import { webhook } from './webhook.ts';

/** How long a list of webhooks is good for: what every event costs is then one look into memory. */
const KNOWN_FOR_MS = 3_000;
const STATES_IN_PARALLEL = 16;
/** As many webhooks as there can be, ended ones included: SubscribeWebhook refuses more. */
export const MAX_WEBHOOKS = 1_000;

/**
 * A subscription begins this long after it was made: by then every fan-out has read of it, in the event table and not in
 * a view that may lag. So whether an event is due to
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

interface Means {
  readonly store: Pick<ProjectionStore, 'list'>;
  readonly owned: OwnedAggregates;
  readonly commands: Pick<CommandHandler, 'state'>;
}

/**
 * Active webhooks, however far their view is behind. What happened before a subscription begins is not sent.
 * @param now milliseconds since the epoch
 */
export const subscriptionsIn = (means: Means, now: () => number): Subscriptions => {
  let known: { readonly until: number; readonly byType: Promise<ByType> } | undefined;
  return async ({ eventType, occurredOn }) => {
    if (!known || now() >= known.until) {
      const fresh = { until: now() + KNOWN_FOR_MS, byType: readByType(means) };
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

const readByType = async (means: Means): Promise<ByType> => {
  const byType = new Map<string, Subscription[]>();
  for (const { webhookId, eventTypes, subscribedAt } of await activeWebhooks(means)) {
    const subscription = { webhookId, begins: Date.parse(subscribedAt) + BEGINS_AFTER_MS };
    for (const type of eventTypes) byType.set(type, [...(byType.get(type) ?? []), subscription]);
  }
  return byType;
};

type ActiveWebhook = Pick<WebhookView, 'webhookId' | 'eventTypes' | 'subscribedAt'>;

/** From the view, which is one query; what it does not show yet, and the event table has, from its own events. */
const activeWebhooks = async ({ store, owned, commands }: Means): Promise<readonly ActiveWebhook[]> => {
  const ids = await webhookIds(owned);
  const shown = await allDocuments(store, webhooks, ALL_WEBHOOKS);
  const known = new Set(shown.map(({ webhookId }) => webhookId));
  const missing = await pMap(
    ids.filter((webhookId) => !known.has(webhookId)),
    async (webhookId) => ({ webhookId, ...(await commands.state(webhook, webhookAggregateId(webhookId))) }),
    { concurrency: STATES_IN_PARALLEL },
  );
  return [...shown, ...missing].flatMap((each) => (each.status === 'active' ? [each] : []));
};

/** The ids of all webhooks that there are now, ended ones included. */
export const webhookIds = async (owned: OwnedAggregates): Promise<readonly string[]> => {
  const [first, last] = [webhookAggregateId(''), webhookAggregateId('~')];
  const ids = await owned.idsWithin(definition, WEBHOOKS, { from: first, to: last, limit: MAX_WEBHOOKS });
  return ids.map((id) => id.slice(first.length));
};
