import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { Perform } from '../../shared/consume/policy.ts';
import { emailSchema } from '../../shared/define/email.ts';
import { parse } from '../../shared/define/parse.ts';
import type { Once } from '../../shared/once/once.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { notificationId } from './events.ts';
import type { Mailer } from './mailer.ts';
import { notification, recordTold, type Told } from './notification.ts';
import type { Message } from './policies/notify.ts';
import { preferences } from './preferences.ts';

interface Means {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly vault: Pick<Vault, 'open'>;
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
  ({ commands, vault, once, mailer }: Means): Perform<Message> =>
  async (message, context) => {
    const tell = async (): Promise<Told> => {
      const { customerId, kind, subject, body } = message;
      const wishes = await commands.state(preferences, customerId);
      if (wishes.status === 'none') return { outcome: 'failed', reason: 'no-address' };
      if (wishes.muted.includes(kind)) return { outcome: 'muted' };
      const address = await vault.open(customerId, wishes.email);
      // The customer was erased: there is nobody to tell.
      if (address === undefined) return { outcome: 'failed', reason: 'no-address' };
      const to = parse(emailSchema, address, 'opened address');
      const mailed = await mailer.send({ customerId, to, subject, body });
      return mailed.status === 'sent' ? { outcome: 'sent' } : { outcome: 'failed', reason: mailed.reason };
    };
    const told = await once.run<Told>(context.commandId, message.causeEventId, tell);
    const id = notificationId(message.customerId, message.causeEventId);
    return commands.execute(notification, id, context, (state) => recordTold(state, message, told));
  };
