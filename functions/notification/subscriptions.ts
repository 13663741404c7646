import { listDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { ALL_WEBHOOKS, webhooks } from './projections/webhooks.ts';

/** How long a list of webhooks is good for: what every event costs is then one look into memory. */
const KNOWN_FOR_MS = 3_000;
const PAGE = 100;
/** As many webhooks as there can be, ended ones included: SubscribeWebhook refuses more. */
export const MAX_WEBHOOKS = 1_000;

/** Who subscribes to events of a type, by their webhooks' ids. */
export type Subscriptions = (eventType: string) => Promise<readonly string[]>;

type ByType = ReadonlyMap<string, readonly string[]>;

/**
 * Active webhooks as the view shows them, which a few seconds ago it may not have done: a new subscription begins
 * when it is seen here, and what happened before that is not sent.
 * @param now milliseconds since the epoch
 */
export const subscriptionsIn = (store: Pick<ProjectionStore, 'list'>, now: () => number): Subscriptions => {
  let known: { readonly until: number; readonly byType: Promise<ByType> } | undefined;
  return async (eventType) => {
    if (!known || now() >= known.until) {
      const fresh = { until: now() + KNOWN_FOR_MS, byType: readByType(store) };
      known = fresh;
      // What could not be read is read again.
      fresh.byType.catch(() => {
        if (known === fresh) known = undefined;
      });
    }
    return (await known.byType).get(eventType) ?? [];
  };
};

const readByType = async (store: Pick<ProjectionStore, 'list'>): Promise<ByType> => {
  const byType = new Map<string, string[]>();
  for await (const { webhookId, status, eventTypes } of allWebhooks(store)) {
    if (status !== 'active') continue;
    for (const type of eventTypes) byType.set(type, [...(byType.get(type) ?? []), webhookId]);
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
