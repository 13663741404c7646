import { describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { charges } from '../../local/scenarios/money.ts';
import { line } from '../../local/scenarios/shop.ts';
import { expectProblem } from './mesh-access/call-api.ts';
import { customerSide, WITHIN } from './mesh-access/customer-side.ts';
import { publishedUnder } from './mesh-access/published-events.ts';
import { address } from './mesh-access/routes.ts';

const mesh = inject('mesh');
const { call, seen, mailsTo, customer } = await customerSide(mesh);

describe('an order that its customer cancels', () => {
  it('in draft: nothing was reserved, nothing happens elsewhere', async () => {
    const { customerId, sku, command, correlationId } = await customer();
    const draft = { customerId, currency: 'EUR', lines: [line(sku, 1)] };
    // What POST /orders answers with a 202.
    const { orderId } = (await command('POST', '/orders', draft)) as { orderId: string };
    await command('POST', `/orders/${orderId}/cancel`, { reason: 'changed-mind' });
    await seen(`/orders/${orderId}`, { status: 'cancelled', reason: 'changed-mind' });
    await seen(`/customers/${customerId}/notifications`, {
      items: [{ kind: 'order-cancelled', status: 'sent' }],
    });
    expectProblem(await call({ method: 'GET', path: `/orders/${orderId}/saga` }), {
      status: 404,
      code: 'not-found',
    });
    const types = (await publishedUnder(mesh, correlationId)).map(({ eventType }) => eventType);
    expect(types.filter((type) => /Inventory|Payment|Delivery/.test(type))).toEqual([]);
  });

  it('while it is submitted: the saga takes everything back, last step first (SAG-05)', async () => {
    const { customerId, sku, command, email } = await customer();
    const lines = [line(sku, 2, 700)];
    // A carrier that never answers leaves time to change one's mind.
    const deliveryAddress = { ...address, postcode: 'SILENT' };
    const order = {
      customerId,
      currency: 'EUR',
      lines,
      deliveryAddress,
      paymentMethod: 'card-ok',
      submit: true,
    };
    // What POST /orders answers with a 202.
    const { orderId } = (await command('POST', '/orders', order)) as { orderId: string };
    await seen(`/payments/${orderId}`, { status: 'processed' });
    await command('POST', `/orders/${orderId}/cancel`, { reason: 'changed-mind' });

    await seen(`/orders/${orderId}/saga`, {
      status: 'compensated',
      steps: [
        // The inventory's own policy was first to release: the saga's step found it done and left no event.
        { stepId: 'ReserveInventory', status: 'compensated' },
        { stepId: 'ProcessPayment', status: 'compensated', compensationEvent: 'PaymentRefundedEvent' },
        { stepId: 'ArrangeDelivery', status: 'compensated', compensationEvent: 'DeliveryCancelledEvent' },
        { stepId: 'ConfirmOrder', status: 'pending', compensationEvent: null },
      ],
    });
    await seen(`/orders/${orderId}`, { status: 'cancelled', reason: 'changed-mind' });
    await seen(`/inventory/${sku}`, { onHand: 10, reserved: 0, available: 10, sold: 0 });
    await seen(`/payments/${orderId}`, { status: 'refunded' });
    await seen(`/deliveries/${orderId}`, { status: 'cancelled' });
    const books = (await charges(mesh)).filter(({ reference }) => reference === orderId);
    expect(books).toEqual([{ reference: orderId, captured: 1_400, refunded: 1_400 }]);
    const mails = await waitFor(
      'both mails',
      async () => {
        const subjects = await mailsTo(email);
        return subjects.length >= 2 ? subjects : undefined;
      },
      WITHIN,
    );
    expect(mails.toSorted()).toEqual([
      `A refund for your order ${orderId}`,
      `Your order ${orderId} is cancelled`,
    ]);
  });
});
