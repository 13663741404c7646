import { parse } from '../../shared/define/parse.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { profileSchema } from './commands.ts';
import type { ProfileView } from './projections/profile.ts';

/** A profile as its reader may see it: what is personal is opened, and `null` where it was never given or is erased. */
export const showProfile = async (
  vault: Pick<Vault, 'open'>,
  { profile, address, ...customer }: ProfileView,
): Promise<object> => {
  const { customerId } = customer;
  const who = profile && (await vault.open(customerId, profile));
  const { name, email } =
    who === undefined ? { name: null, email: null } : parse(profileSchema, who, 'opened profile');
  const where = (address && (await vault.open(customerId, address))) ?? null;
  return { ...customer, name, email, address: where };
};
