import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandContext } from '../testing/command-context.ts';
import { legacyContext, legacyEvent } from './legacy-event.ts';

const received = legacyEvent('inventory.received', z.object({ sku: z.string(), quantity: z.int() }));
const event = {
  eventId: '5f0c8f4e-6a1d-4b3c-a7e9-2d4f6b8c0a13',
  eventType: 'inventory.received',
  eventVersion: '2.1.0',
  timestamp: '2026-03-01T13:00:00+01:00',
  source: 'erp-service',
  data: { sku: 'sku-1', quantity: 3 },
  metadata: { correlationId: 'erp-1', causationId: 'erp-0', schemaVersion: '2.1.0' },
};

describe('a legacy event', () => {
  it('is read past what its kind does not say, of any version of the first two majors', () => {
    const later = { ...event, data: { ...event.data, warehouse: 'north' }, priority: 1 };
    expect(received.parse(later).data).toEqual({ sku: 'sku-1', quantity: 3 });
    for (const eventVersion of ['1.0', '2.0.0', '2.17.3'])
      expect(received.safeParse({ ...event, eventVersion }).success).toBe(true);
  });

  it.each([
    ['of another kind', { eventType: 'inventory.lost' }, 'eventType'],
    ['of a major that nobody knows', { eventVersion: '3.0.0' }, 'eventVersion'],
    ['of no time', { timestamp: 'today' }, 'timestamp'],
    ['without an id', { eventId: '' }, 'eventId'],
    ['with data that its kind forbids', { data: { sku: 'sku-1', quantity: 0.5 } }, 'data.quantity'],
  ])('%s is refused', (_, change, path) => {
    const { error } = received.safeParse({ ...event, ...change });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('is one command, under whatever key it is sent, on its own trail', () => {
    const [once, again] = ['key-1', 'key-2'].map((key) => legacyContext(event, commandContext(key)));
    expect(once).toEqual(again);
    expect(once).toMatchObject({
      commandId: `legacy/erp-service/${event.eventId}`,
      causationId: event.eventId,
      correlationId: 'erp-1',
      userId: 'user-1',
    });
    const { metadata: _, ...bare } = event;
    expect(legacyContext(bare, commandContext('key-1')).correlationId).toBe('test-correlation');
  });
});
