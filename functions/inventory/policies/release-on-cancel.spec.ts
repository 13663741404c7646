import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { OrderCancelled } from '../../order/events.ts';
import { releaseInventory } from '../commands.ts';
import { releaseOnCancel } from './release-on-cancel.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const unitPrice = { amount: 500, currency: 'EUR' };

const cancelled = (lines: { sku: string; quantity: number }[]) =>
  envelopeOf(
    OrderCancelled.of({
      customerId: 'C-1',
      reason: 'changed my mind',
      lines: lines.map((line) => ({ ...line, unitPrice })),
    }),
    { aggregateId: orderId },
  );

describe('release-on-cancel', () => {
  it('releases the lines of a cancelled order', () => {
    const action = releaseOnCancel.react(cancelled([{ sku: 'SKU-1', quantity: 2 }]));
    expect(action).toStrictEqual({
      orderId,
      reason: 'changed my mind',
      lines: [{ sku: 'SKU-1', quantity: 2 }],
    });
    expect(releaseInventory.parse(action)).toStrictEqual(action);
  });

  it('has nothing to do for an order that was never submitted', () => {
    expect(releaseOnCancel.react(cancelled([]))).toBeUndefined();
  });
});
