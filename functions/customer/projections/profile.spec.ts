import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { memoryVault } from '../../../shared/testing/memory-vault.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  customer,
  CustomerAddressChanged,
  CustomerClosed,
  CustomerRegistered,
  CustomerValidated,
} from '../events.ts';
import { showProfile } from '../show-profile.ts';
import { profile } from './profile.ts';

const vault = memoryVault();
const who = { name: 'Ada Lovelace', email: 'ada@example.com' };
const address = { line1: 'Hauptstr. 1', postcode: '10115', city: 'Berlin', country: 'DE' };

const lifeOf = async (customerId: string) => [
  CustomerRegistered.of({ customerId, profile: await vault.seal(customerId, who) }),
  CustomerAddressChanged.of({
    customerId,
    address: await vault.seal(customerId, { ...address, line1: 'Before' }),
  }),
  CustomerValidated.of({ customerId }),
  CustomerAddressChanged.of({ customerId, address: await vault.seal(customerId, address) }),
];
const streams = [
  envelopesOf('open', await lifeOf('open')),
  envelopesOf('closed', [
    ...(await lifeOf('closed')),
    CustomerClosed.of({ customerId: 'closed', reason: 'customer-request' }),
  ]),
  envelopesOf('new', (await lifeOf('new')).slice(0, 1)),
];
const inOrder = streams.flat().map((event) => deliveryOf(customer, event));

const folded = async () => {
  const store = memoryProjectionStore();
  await projecting(profile, store).process(inOrder);
  return store;
};

const shown = async (customerId: string) => {
  const found = await findDocument(await folded(), profile, { group: customerId, item: customerId });
  return found && showProfile(vault, found);
};

it('shows a customer as they stand', async () => {
  expect(await shown('open')).toEqual({
    customerId: 'open',
    status: 'validated',
    ...who,
    address,
    registeredAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.003Z',
    sequence: 4,
  });
  expect(await shown('new')).toMatchObject({ status: 'registered', ...who, address: null });
});

it('keeps nothing personal of one who is closed, not even sealed', async () => {
  const found = await findDocument(await folded(), profile, { group: 'closed', item: 'closed' });
  expect(JSON.stringify(found)).not.toContain('sealed.');
  expect(await shown('closed')).toEqual({
    customerId: 'closed',
    status: 'closed',
    reason: 'customer-request',
    name: null,
    email: null,
    address: null,
    registeredAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.004Z',
    sequence: 5,
  });
});

it('keeps nothing readable of anybody', async () => {
  const kept = (await folded()).snapshot();
  for (const text of [...Object.values(who), address.line1, 'Before']) expect(kept).not.toContain(text);
});

it('comes to the same profiles however the events are delivered', () =>
  expectSameHoweverDelivered(profile, streams, (id) => customer.orderingKey(id)));
