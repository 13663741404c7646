import { init, projection } from '../../../shared/project/projection.ts';
import { CartCheckedOut, CartItemAdded, CartItemRemoved } from '../events.ts';
import { withItem, withoutItem, type CartItem } from '../items.ts';

export interface CartView {
  readonly customerId: string;
  readonly items: readonly CartItem[];
  /** The order that the last check-out became. */
  readonly lastOrderId?: string | undefined;
  readonly updatedAt: string;
}

const cartView = (
  { customerId, occurredOn }: { readonly customerId: string; readonly occurredOn: string },
  items: readonly CartItem[],
  lastOrderId: string | undefined,
): CartView => ({ customerId, items, lastOrderId, updatedAt: occurredOn });

/** What is in a customer's cart, without prices: they are joined in when it is asked for. */
export const cart = projection<CartView>('shopping.cart', [
  init(CartItemAdded, ({ payload, occurredOn }, doc) =>
    cartView({ ...payload, occurredOn }, withItem(doc?.items ?? [], payload), doc?.lastOrderId),
  ),
  init(CartItemRemoved, ({ payload, occurredOn }, doc) =>
    cartView({ ...payload, occurredOn }, withoutItem(doc?.items ?? [], payload.sku), doc?.lastOrderId),
  ),
  init(CartCheckedOut, ({ payload, occurredOn }) =>
    cartView({ ...payload, occurredOn }, [], payload.orderId),
  ),
]);
