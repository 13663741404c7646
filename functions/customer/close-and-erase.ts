import type { Decide } from '../../shared/decide/aggregate.ts';
import type { CommandContext, CommandHandler, Outcome } from '../../shared/decide/command-handler.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import type { CloseCustomer } from './commands.ts';
import { closeCustomer, customer, type CustomerState } from './customer.ts';
import { CustomerClosed } from './events.ts';

interface CloseMeans {
  readonly commands: Pick<CommandHandler, 'execute'>;
  readonly vault: Pick<Vault, 'destroy'>;
}

/**
 * CloseCustomer: destroys the key of the customer's personal data, then closes the account.
 *
 * The decision is asked before anything is destroyed: neither a refusal nor an id that another command of the customer
 * has used costs anybody their data. The key goes before the event comes: whoever hears that a customer is closed may
 * rely on the data being gone. After a crash in between the data is gone and the account open; the same command, or
 * another close, goes on from there. One for a customer who is closed already destroys again, which also mends a table of
 * keys that was restored from a backup.
 * @throws BusinessError `customer-unknown`; `command-id-reused`. Where another command takes the id in between, the data
 *   is gone and the account open until it is closed under another id
 */
export const closeAndErase =
  ({ commands, vault }: CloseMeans) =>
  async (customerId: string, command: CloseCustomer, context: CommandContext): Promise<Outcome> => {
    const run = async (decide: Decide<CustomerState>): Promise<Outcome> => {
      const outcome = await commands.execute(customer, customerId, context, decide);
      if (outcome.repeated && !outcome.events.some((event) => CustomerClosed.is(event)))
        throw new BusinessError('command-id-reused', 'this id was used for another command of the customer');
      return outcome;
    };
    const ask: Decide<CustomerState> = (state) => {
      closeCustomer(state, command);
      return [];
    };
    await run(ask);
    await vault.destroy(customerId);
    return run((state) => closeCustomer(state, command));
  };
