import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedSchema } from '../define/sealed.ts';
import type { Json } from '../once/once.ts';
import { memoryCustomerKeys, memoryDataKeys, memoryVault } from '../testing/memory-vault.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { dataKeyVault, KEY_KEPT_MS } from './data-key-vault.ts';
import { openText, sealText } from './sealed-text.ts';

const address = { line1: 'Große Straße 1 "b"', city: 'Köln' };

/** Processes that share what is stored, each with a cache and all with one clock. */
const processes = () => {
  const keys = memoryCustomerKeys();
  const dataKeys = memoryDataKeys();
  let now = 0;
  let reads = 0;
  const counted: CustomerKeys = {
    ...keys,
    find: (customerId) => {
      reads += 1;
      return keys.find(customerId);
    },
  };
  return {
    keys,
    process: () => dataKeyVault({ keys: counted, dataKeys, now: () => now }),
    pass: (ms: number) => (now += ms),
    reads: () => reads,
  };
};

describe('sealing', () => {
  it('keeps any value, in the form that contracts ask for', async () => {
    const vault = memoryVault();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 2 }), async (value) => {
        // What JSON can say: it has no negative zero.
        const wanted = JSON.parse(JSON.stringify(value)) as Json;
        const sealed = await vault.seal('ada', wanted);
        expect(sealedSchema.safeParse(sealed).success).toBe(true);
        expect(await vault.open('ada', sealed)).toEqual(wanted);
      }),
    );
  });

  it('tells nothing of the value, not even that it is the same again', async () => {
    const vault = memoryVault();
    const [first, second] = [await vault.seal('ada', address), await vault.seal('ada', address)];
    expect(first).not.toBe(second);
    for (const text of Object.values(address))
      expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').includes(text)).toBe(false);
  });

  it('is for one customer: under the id of another it does not open, not even with the same key', async () => {
    const key = createSecretKey(randomBytes(32));
    const sealed = sealText(key, 'ada', address);
    expect(openText(key, 'ada', sealed)).toEqual(address);
    expect(() => openText(key, 'bob', sealed)).toThrow(expect.objectContaining({ code: 'sealed-broken' }));
    const vault = memoryVault();
    await vault.seal('bob', '');
    const ofAda = await vault.seal('ada', address);
    await expect(vault.open('bob', ofAda)).rejects.toMatchObject({ code: 'sealed-broken' });
  });

  it('shows any change of any bit', () => {
    const key = createSecretKey(randomBytes(32));
    const sealed = sealText(key, 'ada', address);
    const [, , iv = '', text = ''] = sealed.split('.');
    const flipped = (part: string, bit: number): string => {
      const bytes = Buffer.from(part, 'base64url');
      const at = Math.floor(bit / 8) % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
      return bytes.toString('base64url');
    };
    fc.assert(
      fc.property(fc.nat(10_000), fc.boolean(), (bit, inIv) => {
        const altered = inIv
          ? `sealed.1.${flipped(iv, bit)}.${text}`
          : `sealed.1.${iv}.${flipped(text, bit)}`;
        expect(() => openText(key, 'ada', altered)).toThrow(
          expect.objectContaining({ code: 'sealed-broken' }),
        );
      }),
    );
  });

  it('refuses what no sealed text can hold', async () => {
    await expect(memoryVault().seal('ada', 'x'.repeat(6_000))).rejects.toMatchObject({
      code: 'too-much-to-seal',
    });
    const longest = await memoryVault().seal('ada', 'x'.repeat(5_898));
    expect(sealedSchema.safeParse(longest).success).toBe(true);
  });
});

describe('the key of a customer', () => {
  it('is one, whoever seals first: what any process sealed every process opens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { keys } = processes();
        const dataKeys = memoryDataKeys();
        const slow: CustomerKeys = {
          find: (id) => scheduler.schedule(Promise.resolve()).then(() => keys.find(id)),
          keep: (id, wrapped) => scheduler.schedule(Promise.resolve()).then(() => keys.keep(id, wrapped)),
          destroy: (id) => keys.destroy(id),
        };
        const vaults = [1, 2, 3].map(() => dataKeyVault({ keys: slow, dataKeys }));
        const sealed = await scheduler.waitFor(
          Promise.all([...vaults, ...vaults].map((vault, i) => vault.seal('ada', i))),
        );
        const later = dataKeyVault({ keys, dataKeys });
        for (const [i, text] of sealed.entries()) expect(await later.open('ada', text)).toBe(i);
      }),
      { numRuns: 50 },
    );
  });

  it('is asked for once while it is held, also by many at once', async () => {
    const { process, pass, reads } = processes();
    const sealed = await process().seal('ada', address);
    const before = reads();
    const vault = process();
    await Promise.all([1, 2, 3].map(() => vault.open('ada', sealed)));
    pass(KEY_KEPT_MS - 1);
    await vault.open('ada', sealed);
    expect(reads() - before).toBe(1);
    pass(1);
    await vault.open('ada', sealed);
    expect(reads() - before).toBe(2);
  });

  it('is asked for again after it could not be had', async () => {
    const { keys } = processes();
    const dataKeys = memoryDataKeys();
    let down = true;
    const find: CustomerKeys['find'] = (id) => (down ? Promise.reject(new Error('down')) : keys.find(id));
    const vault = dataKeyVault({ keys: { ...keys, find }, dataKeys });
    await expect(vault.seal('ada', 1)).rejects.toThrow('down');
    down = false;
    expect(await vault.open('ada', await vault.seal('ada', 1))).toBe(1);
  });

  it('gives way to newer ones: a process holds a thousand', async () => {
    const { process, reads } = processes();
    const vault = process();
    const sealed = await vault.seal('customer-0', 1);
    for (let i = 1; i <= 1_000; i += 1) await vault.seal(`customer-${i}`, 1);
    const before = reads();
    await vault.open('customer-0', sealed);
    expect(reads() - before).toBe(1);
  });

  it('that never was is a fault, and no erasure', async () => {
    const sealed = await memoryVault().seal('ada', address);
    await expect(memoryVault().open('ada', sealed)).rejects.toMatchObject({ code: 'customer-key-missing' });
  });
});

describe('destroying a key', () => {
  it('makes all that was sealed unreadable at once, and takes nothing more', async () => {
    const vault = memoryVault();
    const sealed = await vault.seal('ada', address);
    await vault.destroy('ada');
    await vault.destroy('ada');
    expect(await vault.open('ada', sealed)).toBeUndefined();
    await expect(vault.seal('ada', address)).rejects.toMatchObject({
      code: 'customer-erased',
      errorClass: 'business',
    });
  });

  it('leaves every other customer alone', async () => {
    const vault = memoryVault();
    const sealed = await vault.seal('bob', address);
    await vault.destroy('ada');
    expect(await vault.open('bob', sealed)).toEqual(address);
  });

  it('reaches processes that hold the key within 30 seconds', async () => {
    const { process, pass } = processes();
    const [here, there] = [process(), process()];
    const sealed = await here.seal('ada', address);
    expect(await there.open('ada', sealed)).toEqual(address);
    await here.destroy('ada');
    pass(30_000);
    expect(await there.open('ada', sealed)).toBeUndefined();
    await expect(there.seal('ada', address)).rejects.toMatchObject({ code: 'customer-erased' });
  });

  it('wins against a first seal at the same time: what was sealed then opens nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const keys = memoryCustomerKeys();
        const dataKeys = memoryDataKeys();
        const turn = <T>(work: () => Promise<T>): Promise<T> =>
          scheduler.schedule(Promise.resolve()).then(work);
        const slow: CustomerKeys = {
          find: (id) => turn(() => keys.find(id)),
          keep: (id, wrapped) => turn(() => keys.keep(id, wrapped)),
          destroy: (id) => turn(() => keys.destroy(id)),
        };
        const sealing = dataKeyVault({ keys: slow, dataKeys }).seal('ada', address);
        const destroying = dataKeyVault({ keys: slow, dataKeys }).destroy('ada');
        const [sealed] = await scheduler.waitFor(Promise.allSettled([sealing, destroying]));
        if (sealed.status === 'rejected') expect(sealed.reason).toMatchObject({ code: 'customer-erased' });
        else expect(await dataKeyVault({ keys, dataKeys }).open('ada', sealed.value)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});
