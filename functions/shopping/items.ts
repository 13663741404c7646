/** A SKU in a cart: each stands there once, in the order in which they were put in. */
export interface CartItem {
  readonly sku: string;
  readonly quantity: number;
}

export const quantityOf = (items: readonly CartItem[], sku: string): number =>
  items.find((item) => item.sku === sku)?.quantity ?? 0;

/** `quantity` more of a SKU, in its place if it is there already. */
export const withItem = (items: readonly CartItem[], { sku, quantity }: CartItem): readonly CartItem[] =>
  items.some((item) => item.sku === sku)
    ? items.map((item) => (item.sku === sku ? { sku, quantity: item.quantity + quantity } : item))
    : [...items, { sku, quantity }];

export const withoutItem = (items: readonly CartItem[], sku: string): readonly CartItem[] =>
  items.filter((item) => item.sku !== sku);
