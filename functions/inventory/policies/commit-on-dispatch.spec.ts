import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { DeliveryDispatched } from '../../delivery/events.ts';
import { commitOnDispatch } from './commit-on-dispatch.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';

describe('commit-on-dispatch', () => {
  it('commits the lines of a dispatched delivery', () => {
    const lines = [{ sku: 'SKU-1', quantity: 2 }];
    const dispatched = DeliveryDispatched.of({ orderId, customerId: 'C-1', trackingId: 'T-1', lines });
    expect(commitOnDispatch.react(envelopeOf(dispatched, { aggregateId: orderId }))).toStrictEqual({
      orderId,
      lines,
    });
  });
});
