import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { CustomerKeys, KeyRecord } from '../protect/customer-keys.ts';
import { dataKeyVault } from '../protect/data-key-vault.ts';
import type { DataKeys } from '../protect/data-keys.ts';
import type { Vault } from '../protect/vault.ts';

/** Customers' keys in memory, held to the same contract as those in DynamoDB. */
export const memoryCustomerKeys = (): CustomerKeys => {
  const records = new Map<string, KeyRecord>();
  return {
    find: async (customerId) => records.get(customerId),
    keep: async (customerId, wrapped) => {
      const standing = records.get(customerId) ?? { status: 'kept', wrapped };
      records.set(customerId, standing);
      return standing;
    },
    destroy: async (customerId) => {
      records.set(customerId, { status: 'destroyed' });
    },
  };
};

/** A key service in memory, held to the same contract as KMS: it wraps under a key of its own, bound to the customer. */
export const memoryDataKeys = (): DataKeys => {
  const root = randomBytes(32);
  return {
    generate: async (customerId) => {
      const plain = randomBytes(32);
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', root, iv).setAAD(Buffer.from(customerId));
      return {
        plain,
        wrapped: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
      };
    },
    unwrap: async (customerId, wrapped) => {
      const decipher = createDecipheriv('aes-256-gcm', root, wrapped.subarray(0, 12))
        .setAAD(Buffer.from(customerId))
        .setAuthTag(wrapped.subarray(-16));
      return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
    },
  };
};

/** The real vault over keys in memory. */
export const memoryVault = (): Vault =>
  dataKeyVault({ keys: memoryCustomerKeys(), dataKeys: memoryDataKeys() });
