/** What stands for a customer: their data key as KMS wrapped it, or that it was destroyed. */
export type KeyRecord =
  { readonly status: 'kept'; readonly wrapped: Uint8Array } | { readonly status: 'destroyed' };

/** The customers' wrapped data keys, one for each. */
export interface CustomerKeys {
  /** Sees every write that was acknowledged. */
  find(customerId: string): Promise<KeyRecord | undefined>;
  /** Keeps a first key. Answers what stands then: this one, or what another writer or an erasure had left before. */
  keep(customerId: string, wrapped: Uint8Array): Promise<KeyRecord>;
  /** Leaves a tombstone in place of the key, or of none: no key is ever kept for this customer again. */
  destroy(customerId: string): Promise<void>;
}
