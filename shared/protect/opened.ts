import type { Json } from '../once/once.ts';
import type { Vault } from './vault.ts';

/**
 * A document of one customer as its reader may see it: sealed fields opened, and `null` once the customer was erased.
 * A field that the document does not have stays away.
 */
export const opened = async <Doc extends object>(
  vault: Pick<Vault, 'open'>,
  customerId: string,
  doc: Doc,
  ...fields: readonly (keyof Doc & string)[]
): Promise<object> => {
  const values = await Promise.all(
    fields.map(async (field): Promise<[string, Json][]> => {
      const sealed = doc[field];
      return typeof sealed === 'string' ? [[field, (await vault.open(customerId, sealed)) ?? null]] : [];
    }),
  );
  return { ...doc, ...Object.fromEntries(values.flat()) };
};
