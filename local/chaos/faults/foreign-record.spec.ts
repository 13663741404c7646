import { describe, expect, it } from 'vitest';
import { orderSummary } from '../../../functions/order/projections/order-summary.ts';
import { OrderCreated } from '../../../functions/order/events.ts';
import { decoder } from '../../../shared/consume/record.ts';
import { kafkaMessage } from '../../../shared/publish/kafka-message.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { POISONS, VIOLATIONS } from './fault.ts';
import { poisonRecord, violatingRecord, type ForeignRecord } from './foreign-record.ts';

const recordUnder = (key: string) => {
  const event = envelopeOf(OrderCreated.of({ customerId: key, currency: 'EUR' }), {
    aggregateId: `${key}.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a`,
  });
  return { partition: 0, offset: 0n, timestamp: 0, ...kafkaMessage(event, key) };
};
const live = recordUnder('ada');
const bob = recordUnder('bob');

const decode = ({ key, value }: ForeignRecord) =>
  decoder(orderSummary.listens)({
    topic: 'business-events-orders',
    partition: 0,
    offset: 1,
    timestamp: 0,
    key: key.toString('base64'),
    value: value?.toString('base64') ?? null,
    headers: [],
  });

describe('what is injected', () => {
  it.each(POISONS)('does not decode: %s', (poison) => {
    expect(decode(poisonRecord(poison, live)).kind).toBe('bad');
  });

  it.each(VIOLATIONS)('breaks the contract: %s', (violation) => {
    expect(decode(violatingRecord(violation, live, [live, bob], 0)).kind).toBe('bad');
  });

  it('goes under a live key, unless it has one of its own', () => {
    expect(poisonRecord('text', live).key.toString()).toBe('ada');
    expect(poisonRecord('text', live, 'poison-1').key.toString()).toBe('poison-1');
    expect(violatingRecord('bad-payload', live, [live], 0).key.toString()).toBe('ada');
    expect(violatingRecord('wrong-key', live, [live, bob], 0).key.toString()).toBe('bob');
    expect(violatingRecord('wrong-key', live, [live], 0).key.toString()).not.toBe('ada');
  });
});
