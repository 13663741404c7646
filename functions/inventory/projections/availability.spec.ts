import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationRejected,
  InventoryReserved,
  StockLow,
  StockReceived,
} from '../events.ts';
import { availability } from './availability.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';

const history = (sku: string, received: number): NewEvent[] => [
  StockReceived.of({ sku, quantity: received }),
  InventoryReserved.of({ sku, orderId, quantity: 4 }),
  StockLow.of({ sku, available: received - 4, threshold: 5 }),
  InventoryReserved.of({ sku, orderId, quantity: 1 }),
  InventoryReservationRejected.of({ sku, orderId, requested: 99, available: received - 5 }),
  InventoryReleased.of({ sku, orderId, quantity: 1, reason: 'cancelled' }),
  InventoryReleased.of({ sku, orderId, quantity: 0, reason: 'cancelled' }),
  InventoryCommitted.of({ sku, orderId, quantity: 3 }),
];

const view = async (sku: string, events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  const deliveries = envelopesOf(sku, events).map((event) => ({ key: sku, event }));
  const verdicts = await projecting(availability, store).process(deliveries);
  return { verdicts, doc: await findDocument(store, availability, { group: sku, item: sku }) };
};

describe('availability', () => {
  it('takes every event of a stock, so that a missing one shows', () => {
    expect(availability.complete).toBe(true);
  });

  it('adds up what is on hand, reserved, available and sold', async () => {
    const { doc } = await view('SKU-1', history('SKU-1', 8));
    expect(doc).toStrictEqual({
      sku: 'SKU-1',
      onHand: 5,
      reserved: 1,
      available: 4,
      sold: 3,
      updatedAt: '2026-03-01T12:00:00.007Z',
      sequence: 8,
    });
  });

  it('knows a SKU from its first rejection on', async () => {
    const rejection = InventoryReservationRejected.of({ sku: 'SKU-1', orderId, requested: 1, available: 0 });
    const { doc } = await view('SKU-1', [rejection]);
    expect(doc).toMatchObject({ onHand: 0, reserved: 0, available: 0, sold: 0, sequence: 1 });
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = ['SKU-1', 'SKU-2', 'SKU-3'].map((sku, i) => envelopesOf(sku, history(sku, 8 + i)));
    await expectSameHoweverDelivered(availability, streams);
  });
});
