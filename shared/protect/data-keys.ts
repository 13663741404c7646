/** Who makes data keys and wraps them, each bound to its customer: a wrapped key is of no use for another one. */
export interface DataKeys {
  /** A new key of 32 bytes. */
  generate(customerId: string): Promise<{ readonly plain: Uint8Array; readonly wrapped: Uint8Array }>;
  unwrap(customerId: string, wrapped: Uint8Array): Promise<Uint8Array>;
}
