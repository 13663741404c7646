import { createSecretKey, type KeyObject } from 'node:crypto';
import { BusinessError, PermanentError } from '../errors/mesh-error.ts';
import type { CustomerKeys, KeyRecord } from './customer-keys.ts';
import type { DataKeys } from './data-keys.ts';
import { openText, sealText } from './sealed-text.ts';
import type { Vault } from './vault.ts';

/** How long a process goes on using a key that was destroyed elsewhere, at most; counted from when it was read. */
export const KEY_KEPT_MS = 30_000;
/** Keys that a process holds at once; the oldest gives way. */
const MAX_KEYS_HELD = 1_000;

interface VaultMeans {
  readonly keys: CustomerKeys;
  readonly dataKeys: DataKeys;
  /** Milliseconds by the wall clock: a monotonic one may stand still while Lambda freezes the process. */
  readonly now?: () => number;
}

/** What a customer's key is at the moment. Outside V8's heap (KeyObject): no heap snapshot shows it. */
type Key = KeyObject | 'destroyed' | 'none';

const isUsable = (key: Key): key is KeyObject => typeof key !== 'string';

/** A vault with a data key for each customer, which a key service wraps: the wrapped one is all that is stored. */
export const dataKeyVault = ({ keys, dataKeys, now = Date.now }: VaultMeans): Vault => {
  const held = new Map<string, { readonly key: Promise<Key>; readonly until: number }>();

  const hold = (customerId: string, key: Promise<Key>, until: number): void => {
    held.delete(customerId);
    const [oldest] = held.keys();
    if (oldest !== undefined && held.size >= MAX_KEYS_HELD) held.delete(oldest);
    const entry = { key, until };
    held.set(customerId, entry);
    const drop = (): void => {
      if (held.get(customerId) === entry) held.delete(customerId);
    };
    // Only a key that works is worth holding: a missing one may be made, a failed read tried again.
    key.then((found) => (isUsable(found) ? undefined : drop()), drop);
  };

  const unwrapped = async (customerId: string, record: KeyRecord | undefined): Promise<Key> => {
    if (record?.status !== 'kept') return record?.status ?? 'none';
    return createSecretKey(await dataKeys.unwrap(customerId, record.wrapped));
  };

  const keyOf = (customerId: string): Promise<Key> => {
    const known = held.get(customerId);
    if (known && now() < known.until) return known.key;
    const until = now() + KEY_KEPT_MS;
    const key = keys.find(customerId).then((record) => unwrapped(customerId, record));
    hold(customerId, key, until);
    return key;
  };

  /** Of two who make a first key at once, both use the one that was kept. */
  const firstKeyOf = async (customerId: string): Promise<Key> => {
    const { plain, wrapped } = await dataKeys.generate(customerId);
    const until = now() + KEY_KEPT_MS;
    const standing = await keys.keep(customerId, wrapped);
    const ours = standing.status === 'kept' && Buffer.compare(standing.wrapped, wrapped) === 0;
    const key = ours ? createSecretKey(plain) : await unwrapped(customerId, standing);
    if (isUsable(key)) hold(customerId, Promise.resolve(key), until);
    return key;
  };

  return {
    seal: async (customerId, value) => {
      let key = await keyOf(customerId);
      if (key === 'none') key = await firstKeyOf(customerId);
      if (!isUsable(key))
        throw new BusinessError('customer-erased', 'the personal data of this customer was erased for good');
      return sealText(key, customerId, value);
    },
    open: async (customerId, sealed) => {
      const key = await keyOf(customerId);
      if (key === 'destroyed') return undefined;
      if (key === 'none')
        throw new PermanentError('customer-key-missing', `there never was a key of ${customerId}`);
      return openText(key, customerId, sealed);
    },
    destroy: async (customerId) => {
      await keys.destroy(customerId);
      held.delete(customerId);
    },
  };
};
