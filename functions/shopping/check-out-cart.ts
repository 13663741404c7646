import type { CommandContext, CommandHandler, Outcome } from '../../shared/decide/command-handler.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import { idWithinCustomer } from '../../shared/define/event.ts';
import { BusinessError, TransientError } from '../../shared/errors/mesh-error.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { cart, checkOutCart as decide } from './cart.ts';
import type { CheckOutCart } from './commands.ts';
import { CartCheckedOut } from './events.ts';
import type { OffersOf } from './offers-of.ts';

interface CheckedOut {
  readonly orderId: string;
  readonly outcome: Outcome;
}

/**
 * Checks a cart out at the offers of this moment. They are read for what is in the cart, and the cart may change until
 * the decision is written: an item without an offer that was looked up is asked for again, not called unknown.
 * @throws BusinessError `cart-empty`, `product-discontinued`, `price-unknown`, `mixed-currencies`, `cart-too-large`,
 *   `price-changed`, `command-id-reused` when another command of the cart has used the id
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
    // From the command's id, as POST /orders makes its own: the operation is part of it (shared/http/api.ts), so this is the
    // order of no POST /orders, whatever its caller and key.
    const orderId = idWithinCustomer(customerId, uuidFrom(context.commandId));
    const outcome = await run.execute(cart, customerId, context, (state) => {
      if (state.items.some(({ sku }) => !offers.has(sku)))
        throw new TransientError('cart-changed', 'the cart changed while it was checked out');
      return decide(state, offers, { ...command, customerId, orderId, deliveryAddress });
    });
    const checkedOut = outcome.events.find((event) => CartCheckedOut.is(event));
    if (!checkedOut)
      throw new BusinessError('command-id-reused', 'this id was used for another command of the cart');
    return { orderId: checkedOut.payload.orderId, outcome };
  };
