import pMap from 'p-map';
import type { Perform } from '../../shared/consume/policy.ts';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { webhookDeliveryId } from './events.ts';
import type { Subscriptions } from './subscriptions.ts';
import { makeDue, webhookDelivery } from './webhook-delivery.ts';

const WEBHOOKS_IN_PARALLEL = 16;

/**
 * Makes an event due to every webhook whose subscription had begun when it happened, once: a redelivery finds what is
 * due already.
 */
export const fanningOut =
  (commands: Pick<CommandHandler, 'execute'>, subscribersOf: Subscriptions): Perform<EventEnvelope> =>
  async (event, context) => {
    await pMap(
      await subscribersOf(event),
      (webhookId) => {
        const id = webhookDeliveryId(webhookId, event.eventId);
        return commands.execute(webhookDelivery, id, context, (state) => makeDue(state, webhookId, event));
      },
      { concurrency: WEBHOOKS_IN_PARALLEL },
    );
  };
