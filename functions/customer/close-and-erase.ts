import type { CommandContext, CommandHandler, Outcome } from '../../shared/decide/command-handler.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import type { CloseCustomer } from './commands.ts';
import { closeCustomer, customer } from './customer.ts';

interface CloseMeans {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly vault: Pick<Vault, 'destroy'>;
}

/**
 * CloseCustomer: destroys the key of the customer's personal data, then closes the account.
 *
 * The decision is asked before anything is destroyed: a refusal costs nobody their data. The key goes before the event
 * comes: whoever hears that a customer is closed may rely on the data being gone. After a crash in between the data is
 * gone and the account open; the same command, or another close, goes on from there. One for a customer who is closed
 * already destroys again, which also mends a table of keys that was restored from a backup.
 * @throws BusinessError `customer-unknown`
 */
export const closeAndErase =
  ({ commands, vault }: CloseMeans) =>
  async (customerId: string, command: CloseCustomer, context: CommandContext): Promise<Outcome> => {
    closeCustomer(await commands.state(customer, customerId), command);
    await vault.destroy(customerId);
    return commands.execute(customer, customerId, context, (state) => closeCustomer(state, command));
  };
