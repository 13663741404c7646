import { describe, expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PaymentProcessed, PaymentRefunded } from '../events.ts';
import { dayLedger } from './day-ledger.ts';

const orderOf = (n: number) => `C-${n}.00000000-0000-8000-8000-000000000001`;
const amount = { amount: 1999, currency: 'EUR' };

/** A payment captured on the last of February and refunded, unless told, a moment into March. */
const history = (n: number, refundedOn = '2026-03-01T00:00:00.000Z') => {
  const ofOrder = { orderId: orderOf(n), customerId: `C-${n}`, amount };
  const processed = PaymentProcessed.of({ ...ofOrder, chargeId: `ch-${n}` });
  const refunded = PaymentRefunded.of({ ...ofOrder, refundId: `re-${n}`, reason: 'no carrier' });
  return [
    envelopeOf(processed, { aggregateId: orderOf(n), sequence: 1, occurredOn: '2026-02-28T23:59:59.999Z' }),
    envelopeOf(refunded, { aggregateId: orderOf(n), sequence: 2, occurredOn: refundedOn }),
  ];
};

describe('day ledger', () => {
  it('enters a movement on the UTC day it happened', async () => {
    const store = memoryProjectionStore();
    await projecting(dayLedger, store).process(
      history(1).map((event) => ({ key: event.aggregateId, event })),
    );
    const february = await listDocuments(store, dayLedger, '2026-02-28', { limit: 100 });
    const march = await listDocuments(store, dayLedger, '2026-03-01', { limit: 100 });
    expect(february.items).toStrictEqual([
      { at: '2026-02-28T23:59:59.999Z', orderId: orderOf(1), kind: 'captured', amount },
    ]);
    expect(march.items).toStrictEqual([
      { at: '2026-03-01T00:00:00.000Z', orderId: orderOf(1), kind: 'refunded', amount },
    ]);
  });

  it('keeps a charge and its refund of the same day apart', async () => {
    const store = memoryProjectionStore();
    const events = history(1, '2026-02-28T23:59:59.999Z');
    await projecting(dayLedger, store).process(events.map((event) => ({ key: event.aggregateId, event })));
    const { items } = await listDocuments(store, dayLedger, '2026-02-28', { limit: 100 });
    expect(items.map(({ kind }) => kind)).toStrictEqual(['captured', 'refunded']);
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = [1, 2, 3].map((n) => history(n));
    await expectSameHoweverDelivered(dayLedger, streams);
  });
});
