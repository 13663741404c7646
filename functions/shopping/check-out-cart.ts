import type { CommandContext, CommandHandler, Outcome } from '../../shared/decide/command-handler.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import { idWithinCustomer } from '../../shared/define/event.ts';
import { TransientError } from '../../shared/errors/mesh-error.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { cart, checkOutCart as decide } from './cart.ts';
import type { CheckOutCart } from './commands.ts';
import type { OffersOf } from './offers-of.ts';

interface CheckedOut {
  readonly orderId: string;
  readonly outcome: Outcome;
}

/**
 * Checks a cart out at the offers of this moment. They are read for what is in the cart, and the cart may change until
 * the decision is written: an item without an offer that was looked up is asked for again, not called unknown.
 * @throws BusinessError `cart-empty`, `price-unknown`, `mixed-currencies`, `cart-too-large`, `price-changed`
 * @throws TransientError `cart-changed` when the customer put something in meanwhile
 */
export const checkOutCart =
  (run: CommandHandler, offersOf: OffersOf, vault: Pick<Vault, 'seal'>) =>
  async (customerId: string, command: CheckOutCart, context: CommandContext): Promise<CheckedOut> => {
    const { items } = await run.state(cart, customerId);
    const [offers, deliveryAddress] = await Promise.all([
      offersOf(items.map(({ sku }) => sku)),
      vault.seal(customerId, command.deliveryAddress),
    ]);
    // From the command's id: a repeated request arrives at the same order. Of its own kind, so that a key which was
    // used for POST /orders long ago cannot name that order.
    const orderId = idWithinCustomer(customerId, uuidFrom(`${context.commandId}#check-out`));
    const outcome = await run.execute(cart, customerId, context, (state) => {
      if (state.items.some(({ sku }) => !offers.has(sku)))
        throw new TransientError('cart-changed', 'the cart changed while it was checked out');
      return decide(state, offers, { ...command, customerId, orderId, deliveryAddress });
    });
    return { orderId, outcome };
  };
