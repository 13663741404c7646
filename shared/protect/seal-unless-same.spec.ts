import { expect, it } from 'vitest';
import { memoryVault } from '../testing/memory-vault.ts';
import { opened } from './opened.ts';
import { sealUnlessSame } from './seal-unless-same.ts';

const vault = memoryVault();
const address = { line1: 'Hauptstr. 1', city: 'Berlin' };

it('keeps the text that holds the same already, in whatever order its fields are', async () => {
  const standing = await vault.seal('ada', address);
  const same = { city: 'Berlin', line1: 'Hauptstr. 1' };
  expect(await sealUnlessSame(vault, 'ada', same, standing)).toBe(standing);
});

it('seals what is another value, or the first', async () => {
  const standing = await vault.seal('ada', address);
  for (const before of [standing, undefined]) {
    const sealed = await sealUnlessSame(vault, 'ada', { ...address, city: 'Köln' }, before);
    expect(sealed).not.toBe(standing);
    expect(await vault.open('ada', sealed)).toEqual({ ...address, city: 'Köln' });
  }
});

it('takes nothing of a customer who was erased', async () => {
  const standing = await vault.seal('eve', address);
  await vault.destroy('eve');
  await expect(sealUnlessSame(vault, 'eve', address, standing)).rejects.toMatchObject({
    code: 'customer-erased',
  });
});

it('shows a document with its sealed fields opened, and null once the customer was erased', async () => {
  const order = { orderId: 'bob.1', deliveryAddress: await vault.seal('bob', address), total: 5 };
  expect(await opened(vault, 'bob', order, 'deliveryAddress')).toEqual({
    ...order,
    deliveryAddress: address,
  });
  await vault.destroy('bob');
  expect(await opened(vault, 'bob', order, 'deliveryAddress')).toEqual({ ...order, deliveryAddress: null });
});

it('adds no field that a document does not have', async () => {
  const draft: { orderId: string; deliveryAddress?: string } = { orderId: 'ada.1' };
  expect(await opened(vault, 'ada', draft, 'deliveryAddress')).toStrictEqual(draft);
});
