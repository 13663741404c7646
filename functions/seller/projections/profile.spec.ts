import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { seller, SellerApproved, SellerRegistered, SellerSuspended } from '../events.ts';
import { profile } from './profile.ts';

const streams = ['wood', 'steel', 'glass'].map((sellerId, i) =>
  envelopesOf(
    sellerId,
    [
      SellerRegistered.of({ sellerId, name: `The ${sellerId} works` }),
      SellerApproved.of({ sellerId }),
      SellerSuspended.of({ sellerId, reason: 'complaints' }),
      SellerApproved.of({ sellerId }),
    ].slice(0, 4 - i),
  ),
);
const inOrder = streams.flat().map((event) => deliveryOf(seller, event));

it('shows a seller as they stand', async () => {
  const store = memoryProjectionStore();
  await projecting(profile, store).process(inOrder);
  expect(await findDocument(store, profile, { group: 'steel', item: 'steel' })).toEqual({
    sellerId: 'steel',
    name: 'The steel works',
    status: 'suspended',
    reason: 'complaints',
    registeredAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.002Z',
    sequence: 3,
  });
  const letInAgain = await findDocument(store, profile, { group: 'wood', item: 'wood' });
  expect(letInAgain).toMatchObject({ status: 'approved', sequence: 4 });
  expect(letInAgain).not.toHaveProperty('reason');
});

it('comes to the same profiles however the events are delivered', () =>
  expectSameHoweverDelivered(profile, streams));
