import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { Perform } from '../../shared/consume/policy.ts';
import type { Once } from '../../shared/once/once.ts';
import { notificationId } from './events.ts';
import type { Mailer } from './mailer.ts';
import { notification, recordTold, type Told } from './notification.ts';
import type { Message } from './policies/notify.ts';
import { preferences } from './preferences.ts';

interface Means {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly once: Pick<Once, 'run'>;
  readonly mailer: Mailer;
}

/**
 * Tells a customer something, as they wish it, and records how that ended.
 *
 * The decision is made together with the effect, once: a redelivery after a crash records what was done then,
 * even if the customer has changed their mind meanwhile. Only a process that dies between SES taking the mail
 * and the answer being kept sends it twice: SES has no key to tell a repeat by.
 */
export const notifying =
  ({ commands, once, mailer }: Means): Perform<Message> =>
  async (message, context) => {
    const tell = async (): Promise<Told> => {
      const wishes = await commands.state(preferences, message.customerId);
      if (wishes.status === 'none') return { outcome: 'failed', reason: 'no-address' };
      if (wishes.muted.includes(message.kind)) return { outcome: 'muted' };
      const mailed = await mailer.send({ to: wishes.email, subject: message.subject, body: message.body });
      return mailed.status === 'sent' ? { outcome: 'sent' } : { outcome: 'failed', reason: mailed.reason };
    };
    const told = await once.run<Told>(context.commandId, message.causeEventId, tell);
    const id = notificationId(message.customerId, message.causeEventId);
    return commands.execute(notification, id, context, (state) => recordTold(state, message, told));
  };
