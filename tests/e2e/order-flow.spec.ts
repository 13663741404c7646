import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { charges } from '../../local/scenarios/money.ts';
import { line } from '../../local/scenarios/shop.ts';
import { expectProblem } from './mesh-access/call-api.ts';
import { customerSide, WITHIN, type Customer } from './mesh-access/customer-side.ts';
import { publishedUnder } from './mesh-access/published-events.ts';
import { address } from './mesh-access/routes.ts';

const mesh = inject('mesh');

const { userId, call, seen, mailsTo, customer } = await customerSide(mesh);

describe('an order, from draft to completed', () => {
  let ada: Customer;
  let orderId: string;

  /** The order's row, on whatever page of the day's ledger it is. */
  const ledgerRow = async (day: string): Promise<unknown> => {
    let after = '';
    for (;;) {
      const { body } = await call({ method: 'GET', path: `/payments/ledger/${day}?limit=100${after}` });
      // What GET /payments/ledger/{day} answers.
      const { items, next } = body as { items: { orderId: string }[]; next?: string };
      const row = items.find((item) => item.orderId === orderId);
      if (row !== undefined || next === undefined) return row;
      after = `&after=${encodeURIComponent(next)}`;
    }
  };

  beforeAll(async () => {
    ada = await customer();
  });

  it('is drafted, filled and submitted by its customer', async () => {
    const { customerId, sku, command } = ada;
    const draft = await command('POST', '/orders', { customerId, currency: 'EUR' });
    // What POST /orders answers with a 202.
    ({ orderId } = draft as { orderId: string });
    expect(draft).toMatchObject({ written: [{ aggregateType: 'order', aggregateId: orderId, sequence: 1 }] });
    await command('POST', `/orders/${orderId}/items`, line(sku, 3, 1_500));
    await seen(`/orders/${orderId}`, { status: 'draft', sequence: 2, lines: [line(sku, 3, 1_500)] });
    await command('POST', `/orders/${orderId}/submit`, {
      deliveryAddress: address,
      paymentMethod: 'card-ok',
    });
  });

  it('is confirmed by its saga: stock reserved, money captured, parcel arranged (SAG-01)', async () => {
    const total = { amount: 4_500, currency: 'EUR' };
    await seen(`/orders/${orderId}`, { status: 'confirmed', sequence: 4, total, deliveryAddress: address });
    await seen(`/inventory/${ada.sku}`, { onHand: 10, reserved: 3, available: 7, sold: 0 });
    await seen(`/payments/${orderId}`, { status: 'processed', amount: total, customerId: ada.customerId });
    await seen(`/deliveries/${orderId}`, { status: 'arranged', trackingId: expect.any(String) });
    const books = (await charges(mesh)).filter(({ reference }) => reference === orderId);
    expect(books).toEqual([{ reference: orderId, captured: 4_500, refunded: 0 }]);
  });

  it('has a saga record that says so (SAG-03)', async () => {
    const step = (stepId: string, event: string) => ({
      stepId,
      status: 'done',
      event,
      compensationEvent: null,
    });
    await seen(`/orders/${orderId}/saga`, {
      sagaId: orderId,
      sagaType: 'order-saga',
      status: 'confirmed',
      currentStep: null,
      steps: [
        step('ReserveInventory', 'InventoryReservedEvent'),
        step('ProcessPayment', 'PaymentProcessedEvent'),
        step('ArrangeDelivery', 'DeliveryArrangedEvent'),
        step('ConfirmOrder', 'OrderConfirmedEvent'),
      ],
      metadata: { startedAt: expect.any(String), endedAt: expect.any(String), reason: null },
    });
  });

  it('can no longer be cancelled', async () => {
    const answer = await call({
      method: 'POST',
      path: `/orders/${orderId}/cancel`,
      body: { reason: 'late' },
    });
    expectProblem(answer, { status: 409, code: 'order-state' });
  });

  it('leaves the warehouse on dispatch: its stock is committed', async () => {
    await ada.command('POST', `/deliveries/${orderId}/dispatch`, {});
    await seen(`/deliveries/${orderId}`, { status: 'dispatched' });
    await seen(`/inventory/${ada.sku}`, { onHand: 7, reserved: 0, available: 7, sold: 3 });
  });

  it('is completed when its delivery is', async () => {
    await ada.command('POST', `/deliveries/${orderId}/complete`, {});
    await seen(`/deliveries/${orderId}`, {
      status: 'completed',
      history: ['arranged', 'dispatched', 'completed'].map((status) => ({ status, at: expect.any(String) })),
    });
    await seen(`/orders/${orderId}`, { status: 'completed', sequence: 5 });
    await seen(`/customers/${ada.customerId}/orders`, { items: [{ orderId, status: 'completed' }] });
  });

  it('is in the ledger of its day', async () => {
    const { occurredOn } = await waitFor(
      'the payment on its topic',
      async () =>
        (await publishedUnder(mesh, ada.correlationId)).find(
          ({ eventType }) => eventType === 'PaymentProcessedEvent',
        ),
      WITHIN,
    );
    const row = { orderId, kind: 'captured', at: occurredOn, amount: { amount: 4_500, currency: 'EUR' } };
    const found = await waitFor('the row in the ledger', () => ledgerRow(occurredOn.slice(0, 10)), WITHIN);
    expect(found).toEqual(row);
  });

  it('was told to its customer, once each: in the inbox and by mail', async () => {
    const kinds = ['order-completed', 'delivery-completed', 'delivery-dispatched', 'order-confirmed'];
    const told = await waitFor(
      'four notifications',
      async () => {
        const { body } = await call({ method: 'GET', path: `/customers/${ada.customerId}/notifications` });
        // What GET /customers/{id}/notifications answers.
        const { items } = body as { items: { kind: string; status: string }[] };
        return items.length >= kinds.length ? items : undefined;
      },
      WITHIN,
    );
    expect(told.map(({ kind, status }) => ({ kind, status }))).toEqual(
      kinds.map((kind) => ({ kind, status: 'sent' })),
    );
    expect((await mailsTo(ada.email)).toSorted()).toEqual(
      [
        `Your order ${orderId} is confirmed`,
        `Your order ${orderId} is on its way`,
        `Your order ${orderId} has arrived`,
        `Your order ${orderId} is complete`,
      ].toSorted(),
    );
  });

  it('can be traced: one correlation across all topics, every cause an event or a command of it (LIN-01)', async () => {
    const wanted = [
      ...['PreferencesSetEvent', 'StockReceivedEvent'],
      ...['OrderCreatedEvent', 'OrderItemAddedEvent', 'OrderSubmittedEvent'],
      ...['InventoryReservedEvent', 'PaymentProcessedEvent', 'DeliveryArrangedEvent', 'OrderConfirmedEvent'],
      ...[
        'DeliveryDispatchedEvent',
        'InventoryCommittedEvent',
        'DeliveryCompletedEvent',
        'OrderCompletedEvent',
      ],
      ...['SaleOpenedEvent', 'SalePaidEvent', 'SaleBookedEvent'],
      ...Array.from({ length: 4 }, () => 'NotificationSentEvent'),
    ].sort();
    const events = await waitFor(
      'all of the events on their topics',
      async () => {
        const found = await publishedUnder(mesh, ada.correlationId);
        return found.length >= wanted.length ? found : undefined;
      },
      WITHIN,
    );
    expect(events.map(({ eventType }) => eventType).sort()).toEqual(wanted);
    const known = new Set([...events.map(({ eventId }) => eventId), ...ada.requestNames]);
    for (const { eventType, metadata } of events) {
      expect(known, `the cause of ${eventType}`).toContain(metadata.causationId);
      expect(metadata.userId, eventType).toBe(userId);
    }
  });
});
