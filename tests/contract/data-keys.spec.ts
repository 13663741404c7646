import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, inject, it } from 'vitest';
import { dataKeyVault } from '../../shared/protect/data-key-vault.ts';
import { kmsClient, kmsDataKeys } from '../../shared/protect/kms-data-keys.ts';
import { memoryCustomerKeys, memoryDataKeys } from '../../shared/testing/memory-vault.ts';

describe.each(['memory', 'kms'] as const)('data keys of %s', (where) => {
  const setUp = async () => {
    if (where === 'memory') return memoryDataKeys();
    const client = kmsClient(inject('engines').ministack);
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    return kmsDataKeys(client, KeyMetadata?.Arn ?? '');
  };

  it('are new each time, of 32 bytes, and not to be seen in their wrapping', async () => {
    const keys = await setUp();
    const made = await Promise.all([1, 2, 3].map(() => keys.generate('ada')));
    expect(new Set(made.map(({ plain }) => Buffer.from(plain).toString('hex'))).size).toBe(3);
    for (const { plain, wrapped } of made) {
      expect(plain).toHaveLength(32);
      expect(Buffer.from(wrapped).includes(Buffer.from(plain))).toBe(false);
    }
  });

  it('come out of their wrapping as they went in', async () => {
    const keys = await setUp();
    const { plain, wrapped } = await keys.generate('ada');
    expect(Buffer.from(await keys.unwrap('ada', wrapped))).toEqual(Buffer.from(plain));
  });

  it('come out for their customer alone', async () => {
    const keys = await setUp();
    const { wrapped } = await keys.generate('ada');
    await expect(keys.unwrap('bob', wrapped)).rejects.toThrow();
  });

  it('carry a vault', async () => {
    const means = { keys: memoryCustomerKeys(), dataKeys: await setUp() };
    const sealed = await dataKeyVault(means).seal('ada', 'Ada Lovelace');
    expect(await dataKeyVault(means).open('ada', sealed)).toBe('Ada Lovelace');
  });
});
