import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { InventoryReservationRejected, InventoryReserved } from './events.ts';
import { shortage } from './shortage.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const rejection = (sku: string) =>
  envelopeOf(InventoryReservationRejected.of({ sku, orderId, requested: 3, available: 1 }));

describe('shortage', () => {
  it('names every SKU that is short', () => {
    expect(shortage([rejection('A'), rejection('B')])).toBe(
      'out of stock: A (3 wanted, 1 available), B (3 wanted, 1 available)',
    );
  });

  it('is none where the order was reserved', () => {
    expect(shortage([envelopeOf(InventoryReserved.of({ sku: 'A', orderId, quantity: 3 }))])).toBeUndefined();
    expect(shortage([])).toBeUndefined();
  });

  it('fits into the reason of an event, however many and long the SKUs', () => {
    const many = Array.from({ length: 50 }, (_, i) => rejection(String(i).padStart(40, 'S')));
    const reason = shortage(many) ?? '';
    expect(reason).toMatch(/ and 45 more$/);
    expect(reason.length).toBeLessThanOrEqual(500);
  });
});
