import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  delivery,
  DeliveryArranged,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryDispatched,
} from '../events.ts';
import { tracking } from './tracking.ts';

const customerId = 'ada';
const trackingId = 'track-1';
const address = sealedForTest('address');
const lines = [{ sku: 'chair', quantity: 2 }];
const orders = ['1', '2', '3', '4'].map((n) => `ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6${n}`);
const [completedOrder = '', refusedOrder = '', takenBackOrder = '', arrangedOrder = ''] = orders;

const arranged = (orderId: string) =>
  DeliveryArranged.of({ orderId, customerId, trackingId, address, lines });
const cancelled = (orderId: string, reason: string) => DeliveryCancelled.of({ orderId, customerId, reason });
const streams = [
  envelopesOf(completedOrder, [
    arranged(completedOrder),
    DeliveryDispatched.of({ orderId: completedOrder, customerId, trackingId, lines }),
    DeliveryCompleted.of({ orderId: completedOrder, customerId }),
  ]),
  envelopesOf(refusedOrder, [cancelled(refusedOrder, 'address-not-served')]),
  envelopesOf(takenBackOrder, [arranged(takenBackOrder), cancelled(takenBackOrder, 'order not confirmed')]),
  envelopesOf(arrangedOrder, [arranged(arrangedOrder)]),
];

const inOrder = streams.flat().map((event) => deliveryOf(delivery, event));

const read = async (orderId: string) => {
  const store = memoryProjectionStore();
  await projecting(tracking, store).process(inOrder);
  return findDocument(store, tracking, { group: orderId, item: orderId });
};

it('shows where a delivery stands and how it came there', async () => {
  expect(await read(completedOrder)).toEqual({
    orderId: completedOrder,
    customerId,
    status: 'completed',
    trackingId,
    address,
    history: [
      { status: 'arranged', at: '2026-03-01T12:00:00.000Z' },
      { status: 'dispatched', at: '2026-03-01T12:00:00.001Z' },
      { status: 'completed', at: '2026-03-01T12:00:00.002Z' },
    ],
    sequence: 3,
  });
});

it('shows a delivery that the carrier refused, of which there is no parcel', async () => {
  expect(await read(refusedOrder)).toEqual({
    orderId: refusedOrder,
    customerId,
    status: 'cancelled',
    reason: 'address-not-served',
    history: [{ status: 'cancelled', at: '2026-03-01T12:00:00.000Z' }],
    sequence: 1,
  });
});

it('keeps the parcel of a delivery that was taken back', async () => {
  expect(await read(takenBackOrder)).toMatchObject({
    status: 'cancelled',
    trackingId,
    reason: 'order not confirmed',
  });
});

it('comes to the same documents however the events are delivered', () =>
  expectSameHoweverDelivered(tracking, streams));
