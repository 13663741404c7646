import type { Sealed } from '../define/sealed.ts';
import type { Json } from '../once/once.ts';

/**
 * Personal data of customers, sealed under a key of their own (ADR 16). Events, views, dead letters and sagas carry it
 * sealed; it is opened where a person or a provider is to see it, and nowhere before.
 */
export interface Vault {
  /**
   * Seals a value, of at most 5 900 bytes as JSON. The first seal makes the customer's key. The same value comes out
   * different each time (`sealUnlessSame`).
   * @throws BusinessError `customer-erased` when the key was destroyed: nothing is taken of this customer any more
   */
  seal(customerId: string, value: Json): Promise<Sealed>;
  /**
   * The value; undefined when the key was destroyed.
   * @throws PermanentError `sealed-broken` for a text that was altered or is of another customer,
   *   `customer-key-missing` where no key ever stood
   */
  open(customerId: string, sealed: Sealed): Promise<Json | undefined>;
  /** Destroys the customer's key, for good and everywhere: other processes follow within 30 s. Safe to repeat. */
  destroy(customerId: string): Promise<void>;
}
