import type { Perform } from '../../shared/consume/policy.ts';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { webhookDeliveryId } from './events.ts';
import type { Subscriptions } from './subscriptions.ts';
import { makeDue, webhookDelivery } from './webhook-delivery.ts';

/**
 * Makes an event due to every webhook whose subscription had begun when it happened, once: a redelivery finds what is
 * due already.
 */
export const fanningOut =
  (commands: Pick<CommandHandler, 'execute'>, subscribersOf: Subscriptions): Perform<EventEnvelope> =>
  async (event, context) => {
    for (const webhookId of await subscribersOf(event)) {
      const id = webhookDeliveryId(webhookId, event.eventId);
      await commands.execute(webhookDelivery, id, context, (state) => makeDue(state, webhookId, event));
    }
  };
