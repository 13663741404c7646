/** Something that somebody does at the public API. Customers and SKUs are numbers; a `pick` chooses at run time. */
export type Deed =
  | {
      readonly kind: 'order';
      readonly customer: number;
      readonly lines: readonly { readonly sku: number; readonly quantity: number; readonly amount: number }[];
      readonly paymentMethod: string;
      readonly postcode: string;
    }
  | {
      readonly kind: 'cart';
      readonly customer: number;
      readonly sku: number;
      readonly quantity: number;
      readonly paymentMethod: string;
      readonly postcode: string;
    }
  | { readonly kind: 'price'; readonly sku: number; readonly amount: number }
  | { readonly kind: 'receipt'; readonly sku: number; readonly quantity: number }
  | { readonly kind: 'cancel' | 'dispatch' | 'complete' | 'review'; readonly pick: number };
