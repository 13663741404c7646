import { describe, expect, it } from 'vitest';
import { reacting } from '../../../shared/consume/policy.ts';
import { commandHandler, type CommandContext } from '../../../shared/decide/command-handler.ts';
import { envelopeOf, testEventId } from '../../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { delivery, DeliveryCompleted, DeliveryDispatched } from '../../delivery/events.ts';
import { order as definition } from '../events.ts';
import { cancelOrder, confirmOrder, createOrder, order } from '../order.ts';
import { completeDelivered, completeOnDelivery } from './complete-on-delivery.ts';

const customerId = 'ada';
const orderId = `ada.${testEventId('the order')}`;
const completed = envelopeOf(DeliveryCompleted.of({ orderId, customerId }), {
  aggregateId: orderId,
  sequence: 3,
});
const delivered = [deliveryOf(delivery, completed)];
const context = (commandId: string): CommandContext => ({ ...completed.metadata, commandId });

const submittedOrder = async () => {
  const store = memoryEventStore();
  const commands = commandHandler(store);
  await commands.execute(order, orderId, context('create'), (state) =>
    createOrder(state, {
      customerId,
      currency: 'EUR',
      lines: [{ sku: 'chair', quantity: 1, unitPrice: { amount: 100, currency: 'EUR' } }],
      submit: true,
      deliveryAddress: sealedForTest('address'),
      paymentMethod: 'card-ok',
    }),
  );
  return {
    commands,
    consumer: reacting(completeOnDelivery, (action, on) =>
      commands.execute(order, action.orderId, on, completeDelivered),
    ),
    newest: async () => (await store.load(definition, orderId)).flatMap(({ events }) => events).at(-1),
  };
};

describe('a completed delivery', () => {
  it('completes its order, once, however often it is told', async () => {
    const { commands, consumer, newest } = await submittedOrder();
    await commands.execute(order, orderId, context('confirm'), confirmOrder);
    expect(await consumer.process([...delivered, ...delivered])).toEqual([
      { kind: 'applied' },
      { kind: 'applied' },
    ]);
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(await newest()).toMatchObject({
      eventType: 'OrderCompletedEvent',
      sequence: 5,
      metadata: { causationId: completed.eventId },
    });
  });

  it('waits for an order that is not confirmed yet', async () => {
    const { commands, consumer, newest } = await submittedOrder();
    const [early] = await consumer.process(delivered);
    expect(early).toMatchObject({
      kind: 'failed',
      error: { code: 'order-not-confirmed', errorClass: 'transient' },
    });
    await commands.execute(order, orderId, context('confirm'), confirmOrder);
    await consumer.process(delivered);
    expect(await newest()).toMatchObject({ eventType: 'OrderCompletedEvent' });
  });

  it('changes nothing about an order that was cancelled', async () => {
    const { commands, consumer, newest } = await submittedOrder();
    await commands.execute(order, orderId, context('cancel'), (state) =>
      cancelOrder(state, { reason: 'late' }),
    );
    expect(await consumer.process(delivered)).toMatchObject([{ kind: 'refused' }]);
    expect(await newest()).toMatchObject({ eventType: 'OrderCancelledEvent' });
  });
});

it('does nothing while the parcel is on its way', () => {
  const lines = [{ sku: 'chair', quantity: 1 }];
  const event = DeliveryDispatched.of({ orderId, customerId, trackingId: 'track-1', lines });
  expect(completeOnDelivery.react(envelopeOf(event, { aggregateId: orderId }))).toBeUndefined();
});
