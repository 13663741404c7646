import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { anyDeliveries } from '../../../shared/testing/any-deliveries.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { order, OrderSubmitted } from '../events.ts';
import { submissions } from './submissions.ts';

const submitted = OrderSubmitted.of({
  customerId: 'ada',
  lines: [{ sku: 'chair', quantity: 1, unitPrice: { amount: 1, currency: 'EUR' } }],
  total: { amount: 1, currency: 'EUR' },
  deliveryAddress: sealedForTest('address'),
  paymentMethod: 'card-ok',
});
const streams = [
  ['ada.1', '2026-03-01T12:00:59.999Z'],
  ['ada.2', '2026-03-01T12:01:00.000Z'],
  ['bob.1', '2026-03-01T12:00:00.000Z'],
].map(([aggregateId = '', occurredOn = '']) => [envelopeOf(submitted, { aggregateId, occurredOn })]);

it("lists a minute's orders, however their events are delivered", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyDeliveries(streams, (id) => order.orderingKey(id)),
      async (batches) => {
        const store = memoryProjectionStore();
        for (const batch of batches) await projecting(submissions, store).process(batch);
        const { items } = await listDocuments(store, submissions, '2026-03-01T12:00', { limit: 10 });
        expect(items).toEqual([
          { orderId: 'ada.1', submittedAt: '2026-03-01T12:00:59.999Z' },
          { orderId: 'bob.1', submittedAt: '2026-03-01T12:00:00.000Z' },
        ]);
      },
    ),
  );
});
