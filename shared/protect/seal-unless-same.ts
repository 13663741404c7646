import { isDeepStrictEqual } from 'node:util';
import type { Sealed } from '../define/sealed.ts';
import type { Json } from '../once/once.ts';
import type { Vault } from './vault.ts';

/**
 * A value sealed, or the text that stands already where it holds just this value. A fresh seal differs every time;
 * with this one a decision finds out by comparing texts that something is so already, and stays pure.
 * @param standing the sealed text of the aggregate's present state, if it has one
 */
export const sealUnlessSame = async (
  vault: Pick<Vault, 'seal' | 'open'>,
  customerId: string,
  value: Json,
  standing: Sealed | undefined,
): Promise<Sealed> => {
  const same = standing !== undefined && isDeepStrictEqual(await vault.open(customerId, standing), value);
  return same ? standing : vault.seal(customerId, value);
};
