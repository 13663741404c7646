import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { anyDeliveries } from '../../../shared/testing/any-deliveries.ts';
import { envelopeOf, envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { PricePromotionEnded, PriceScheduled } from '../events.ts';
import { schedules } from './schedules.ts';

const basePrice = { amount: 400, currency: 'EUR' };
const scheduled = (sku: string, scheduleId: string, time: string) =>
  PriceScheduled.of({ sku, scheduleId, basePrice, from: `2026-03-02T${time}Z` });

const streams = [
  envelopesOf('B', [scheduled('B', 'S-1', '08:00:59.999'), scheduled('B', 'S-2', '08:01:00.000')]),
  envelopesOf('A', [scheduled('A', 'S-3', '08:00:59.999'), scheduled('A', 'S-4', '08:00:00.000')]),
];

describe('the schedules of a minute', () => {
  it('are in the order in which they take effect, however their events are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(anyDeliveries(streams), async (batches) => {
        const store = memoryProjectionStore();
        for (const batch of batches) await projecting(schedules, store).process(batch);
        const { items } = await listDocuments(store, schedules, '2026-03-02T08:00', { limit: 10 });
        expect(items.map(({ scheduleId }) => scheduleId)).toStrictEqual(['S-4', 'S-3', 'S-1']);
      }),
    );
  });

  it('say what asked for them', async () => {
    const store = memoryProjectionStore();
    const event = envelopeOf(scheduled('A', 'S-1', '08:00:00.000'), {
      aggregateId: 'A',
      metadata: { userId: 'ada' },
    });
    await projecting(schedules, store).process([{ key: 'A', event }]);
    const { items } = await listDocuments(store, schedules, '2026-03-02T08:00', { limit: 10 });
    expect(items).toStrictEqual([
      {
        sku: 'A',
        scheduleId: 'S-1',
        from: '2026-03-02T08:00:00.000Z',
        basePrice,
        cause: {
          causationId: event.eventId,
          correlationId: event.metadata.correlationId,
          traceId: event.metadata.traceId,
          userId: 'ada',
        },
      },
    ]);
  });

  it('have no document for an event of something else', () => {
    const event = envelopeOf(PricePromotionEnded.of({ sku: 'A', promotionId: 'P-1' }));
    expect(() => schedules.keyOf(event)).toThrow(expect.objectContaining({ code: 'no-document' }));
  });
});
