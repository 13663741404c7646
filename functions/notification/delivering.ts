import type { Circuit } from '../../shared/call/circuit.ts';
import type { Perform } from '../../shared/consume/policy.ts';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import { TransientError, UnavailableError } from '../../shared/errors/mesh-error.ts';
import { sign } from '../../shared/http/webhook-signature.ts';
import { toLegacy } from '../../shared/legacy/to-legacy.ts';
import type { Once } from '../../shared/once/once.ts';
import { outside } from '../../shared/rehearse/outside.ts';
import { webhookAggregateId, webhookDeliveryId } from './events.ts';
import { unsubscribeWebhook, webhook } from './webhook.ts';
import {
  forSubscribers,
  messageIdOf,
  recordPosted,
  webhookDelivery,
  type Due,
  type Posted,
} from './webhook-delivery.ts';
import type { WebhookMessage, WebhookPoster } from './webhook-poster.ts';

interface Means {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly once: Pick<Once, 'run'>;
  readonly poster: WebhookPoster;
  /** The circuit of one webhook. */
  readonly circuitOf: (webhookId: string) => Circuit;
  /** What a webhook's messages are signed with. */
  readonly secretOf: (webhookId: string) => string;
  readonly now: () => Date;
}

const MEDIA_TYPE = 'application/json';
const NOT_SENT: Posted = { outcome: 'refused', reason: 'unsubscribed' };

/**
 * Sends a message to its webhook and records how that ended. What was sent is remembered before it is recorded: only
 * a process that dies between the subscriber's answer and that sends it twice, under the same `webhook-id`.
 */
export const delivering =
  ({ commands, once, poster, circuitOf, secretOf, now }: Means): Perform<Due> =>
  async (due, context) => {
    const { webhookId } = due;
    const messageId = messageIdOf(due);
    const post = (message: WebhookMessage): Promise<Posted> =>
      outside(
        {
          kind: 'webhook',
          target: message.url,
          content: { messageId, body: message.body },
          instead: { outcome: 'delivered', status: 200 },
        },
        () => passing(circuitOf(webhookId), () => poster.post(message)),
      );
    const target = await commands.state(webhook, webhookAggregateId(webhookId));
    const posted =
      target.status === 'active'
        ? await once.run<Posted>(context.commandId, messageId, () => {
            // Also here: what has been due since before this was so may still name who acted.
            const event = forSubscribers(due.event);
            const body = JSON.stringify(target.format === 'legacy' ? toLegacy(event) : event);
            const signature = sign(secretOf(webhookId), messageId, now(), body);
            return post({ url: target.url, headers: { 'content-type': MEDIA_TYPE, ...signature }, body });
          })
        : NOT_SENT;
    if (posted.outcome === 'gone')
      await commands.execute(webhook, webhookAggregateId(webhookId), context, (state) =>
        unsubscribeWebhook(state, webhookId, 'gone'),
      );
    const id = webhookDeliveryId(webhookId, due.event.eventId);
    return commands.execute(webhookDelivery, id, context, () => recordPosted(due, posted));
  };

/**
 * An open circuit counts as a failed try, unlike elsewhere: handing the record back would hold up every other
 * subscriber of its partition, so it is parked under its webhook's key like what the subscriber itself failed.
 */
const passing = async (circuit: Circuit, call: () => Promise<Posted>): Promise<Posted> => {
  try {
    return await circuit.run(call);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new TransientError('subscriber-unavailable', error.message, { cause: error });
  }
};
