import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import type { OwnedAggregates } from '../../shared/decide/owned-aggregates.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { idWithin } from '../../shared/define/event.ts';
import type { ReplayDeliveries } from './commands.ts';
import { webhookAggregateId, webhookDelivery as definition, webhookDeliveryId } from './events.ts';
import { requireActive, webhook } from './webhook.ts';
import { replayDelivery, webhookDelivery } from './webhook-delivery.ts';

interface Means {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly owned: OwnedAggregates;
}

export interface Replayed {
  readonly replayId: string;
  readonly events: readonly EventEnvelope[];
  /** `after` of the request that goes on; undefined when all of the time was queued. */
  readonly next?: string;
}

/** What one request queues: as much as its time allows. */
const LIMIT = 50;

/** Above every character of an id. */
const END = '~';

/** The smallest UUIDv7 of an instant: it begins with the milliseconds (RFC 9562 §5.7). */
const firstIdAt = (instant: string): string => {
  const hex = Math.max(0, Date.parse(instant)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
};

/**
 * Queues again what was due to a webhook for events of some time, oldest first: the time is that of the events,
 * since a delivery's id ends in its event's. A request that is repeated queues nothing twice.
 * @throws BusinessError `unknown-webhook`, `webhook-unsubscribed`
 */
export const replayDeliveries =
  ({ commands, owned }: Means) =>
  async (
    webhookId: string,
    { from, to, after }: ReplayDeliveries,
    context: CommandContext,
  ): Promise<Replayed> => {
    requireActive(await commands.state(webhook, webhookAggregateId(webhookId)), webhookId);
    // What comes right behind an id begins with it.
    const begin = after === undefined ? firstIdAt(from) : `${after}${END}`;
    const ids = await owned.idsWithin(definition, webhookId, {
      from: webhookDeliveryId(webhookId, begin),
      to: webhookDeliveryId(webhookId, to === undefined ? END : firstIdAt(to)),
      limit: LIMIT,
    });
    const replayId = uuidFrom(`${context.commandId}/replay`);
    const events: EventEnvelope[] = [];
    for (const id of ids) {
      const outcome = await commands.execute(webhookDelivery, id, context, (state) =>
        replayDelivery(state, webhookId, replayId),
      );
      events.push(...outcome.events);
    }
    const last = ids.length === LIMIT ? ids.at(-1) : undefined;
    return { replayId, events, ...(last && { next: last.slice(idWithin(webhookId, '').length) }) };
  };
