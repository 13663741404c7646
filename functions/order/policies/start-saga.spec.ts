import { expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { envelopeOf, testEventId } from '../../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { OrderConfirmed, OrderCreated, OrderSubmitted } from '../events.ts';
import { startSaga } from './start-saga.ts';

const orderId = `ada.${testEventId('the order')}`;
const total = { amount: 5_100, currency: 'EUR' };
const submitted = {
  customerId: 'ada',
  lines: [{ sku: 'chair', quantity: 2, unitPrice: { amount: 2_550, currency: 'EUR' } }],
  total,
  deliveryAddress: sealedForTest('address'),
  paymentMethod: 'card-ok',
};

it('starts the saga of a submitted order, with all its steps need and the trail they carry on', () => {
  const metadata = { correlationId: 'the visit', userId: 'user-1', sessionId: 'session-1' };
  const event = envelopeOf(OrderSubmitted.of(submitted), { aggregateId: orderId, sequence: 3, metadata });
  expect(startSaga.react(event)).toEqual({
    saga: { ...metadata, sagaId: orderId, causationId: event.eventId, traceId: event.metadata.traceId },
    order: { orderId, ...submitted },
  });
});

it('names the saga so that it can be an execution of Step Functions', () => {
  const longest = `${'a'.repeat(40)}.${testEventId('the order')}`;
  const sagaId = startSaga.react(envelopeOf(OrderSubmitted.of(submitted), { aggregateId: longest }))?.saga
    .sagaId;
  // 1 to 80 characters, none of those that "StartExecution" forbids.
  expect(sagaId).toMatch(/^[A-Za-z0-9.-]{1,80}$/);
});

it.each<NewEvent>([
  OrderCreated.of({ customerId: 'ada', currency: 'EUR' }),
  OrderConfirmed.of({ customerId: 'ada', total }),
])('starts nothing for $definition.type', (event) => {
  expect(startSaga.react(envelopeOf(event, { aggregateId: orderId }))).toBeUndefined();
});
