import { z } from 'zod';
import * as deliveryCommands from '../../functions/delivery/commands.ts';
import type { DeliveryRequest } from '../../functions/delivery/delivery-requests.ts';
import { delivery } from '../../functions/delivery/delivery.ts';
import { requestDelivery } from '../../functions/delivery/request-delivery.ts';
import { takeBackDelivery } from '../../functions/delivery/take-back-delivery.ts';
import { takeCarrierReply } from '../../functions/delivery/take-carrier-reply.ts';
import * as inventoryCommands from '../../functions/inventory/commands.ts';
import { reserveInventory } from '../../functions/inventory/reserve-inventory.ts';
import { receiveStock, releaseInventory, skusOf, stock } from '../../functions/inventory/stock.ts';
import { cancelOrder, confirmOrder, createOrder, order } from '../../functions/order/order.ts';
import { takeBackOrder } from '../../functions/order/take-back-order.ts';
import * as paymentCommands from '../../functions/payment/commands.ts';
import type { ChargeAnswer, RefundAnswer } from '../../functions/payment/payment-gateway.ts';
import { payment } from '../../functions/payment/payment.ts';
import { processPayment } from '../../functions/payment/process-payment.ts';
import { refundPayment } from '../../functions/payment/refund-payment.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import {
  compensation,
  sagaTask,
  sagaTasks,
  stepResult,
  type StepResult,
} from '../../shared/orchestrate/saga-task.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';

export const orderId = 'ada.00000000-0000-8000-8000-000000000001';
const customerId = 'ada';
const STOCK = 10;
const lines = [{ sku: 'chair', quantity: 2, unitPrice: { amount: 1_000, currency: 'EUR' } }];
export const total = { amount: 2_000, currency: 'EUR' };
const vault = memoryVault();
const address = await vault.seal(customerId, {
  line1: 'Hauptstr. 1',
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
});

/** What the saga's steps are given by the state machine. */
const inputOf = (command: string, reason: string): object =>
  ({
    ReserveInventory: { orderId, lines },
    ProcessPayment: { orderId, customerId, amount: total, method: 'card-ok' },
    ArrangeDelivery: { orderId, customerId, address, lines, taskToken: 'token' },
    ConfirmOrder: { orderId },
    CancelDelivery: { orderId, customerId, reason },
    RefundPayment: { orderId, customerId, amount: total, reason },
    ReleaseInventory: { orderId, lines, reason },
    CancelOrder: { orderId, reason },
  })[command] ?? {};

/** A submitted order, the steps of all contexts as their handlers wire them, and providers that keep their word. */
export const sagaWorld = async () => {
  const store = memoryEventStore();
  const run = commandHandler(store, fixedClock());
  const money = { captured: 0, refunded: 0 };
  const charges = new Map<string, ChargeAnswer>();
  let voided: RefundAnswer | undefined;
  const parcel = { booked: false, cancelled: false };
  const remembered = new Map<string, DeliveryRequest>();
  const answers: StepResult[] = [];

  const gateway = {
    charge: async ({ idempotencyKey: key }: { idempotencyKey: string }): Promise<ChargeAnswer> => {
      const known = charges.get(key);
      if (known) return known;
      const answer: ChargeAnswer = voided
        ? { status: 'declined', reason: 'voided' }
        : { status: 'captured', chargeId: 'ch-1' };
      if (answer.status === 'captured') money.captured += total.amount;
      charges.set(key, answer);
      return answer;
    },
    refund: async (): Promise<RefundAnswer> => {
      if (voided) return voided;
      money.refunded = money.captured;
      voided =
        money.captured > 0
          ? { status: 'refunded', refundId: 're-1', amount: money.captured }
          : { status: 'nothing-captured' };
      return voided;
    },
  };
  let erased = false;
  const means = {
    commands: run,
    vault: { open: async (...of: Parameters<Vault['open']>) => (erased ? undefined : vault.open(...of)) },
    requests: {
      remember: async (request: DeliveryRequest) => void remembered.set(request.orderId, request),
      find: async (id: string) => remembered.get(id),
    },
    carrier: {
      book: async () => {
        parcel.booked ||= !parcel.cancelled;
        return { bookingId: 'bk-1' };
      },
      cancel: async () => {
        parcel.cancelled = true;
        parcel.booked = false;
      },
    },
    answer: async (_: string, result: StepResult) => void answers.push(result),
  };
  const ofOrder = z.object({ orderId: z.string() });
  const perform = sagaTasks({
    ReserveInventory: sagaTask(inventoryCommands.reserveInventory, reserveInventory(run)),
    ReleaseInventory: compensation(inventoryCommands.releaseInventory, async (released, context) =>
      stepResult(
        'released',
        await run.executeAll(stock, skusOf(released), context, (stocks) =>
          releaseInventory(stocks, released),
        ),
      ),
    ),
    ProcessPayment: sagaTask(paymentCommands.processPayment, processPayment(run, gateway)),
    RefundPayment: compensation(paymentCommands.refundPayment, refundPayment(run, gateway)),
    ArrangeDelivery: sagaTask(deliveryCommands.arrangeDelivery, requestDelivery(means)),
    CancelDelivery: compensation(deliveryCommands.cancelDelivery, takeBackDelivery(means)),
    ConfirmOrder: sagaTask(ofOrder, async (_, context) =>
      stepResult('confirmed', await run.execute(order, orderId, context, confirmOrder)),
    ),
    CancelOrder: sagaTask(takeBackOrder, async ({ reason }, context) =>
      stepResult(
        'cancelled',
        await run.execute(order, orderId, context, (state) => cancelOrder(state, { reason })),
      ),
    ),
  });

  await run.execute(stock, 'chair', commandContext('receive'), () =>
    receiveStock('chair', { quantity: STOCK }),
  );
  await run.execute(order, orderId, commandContext('order'), (state) =>
    createOrder(state, {
      customerId,
      currency: 'EUR',
      lines,
      submit: true,
      deliveryAddress: address,
      paymentMethod: 'card-ok',
    }),
  );
  const { commandId: _, ...trail } = commandContext('saga');
  const saga = { sagaId: orderId, ...trail };
  const reply = takeCarrierReply(means);

  return {
    store,
    perform: (command: string, reason: string): Promise<StepResult> =>
      perform({ command, saga, input: inputOf(command, reason) }, lambdaContext()),
    /** The carrier answers the booking; what the saga is told under its token. */
    carrierAnswers: async (accepts: boolean): Promise<StepResult | undefined> => {
      if (!remembered.has(orderId)) return undefined;
      answers.length = 0;
      const answer = accepts && !parcel.cancelled;
      if (!answer) parcel.booked = false;
      const decided = answer
        ? ({ reference: orderId, status: 'accepted', trackingId: 'track-1' } as const)
        : ({ reference: orderId, status: 'refused', reason: 'not-served' } as const);
      await reply(decided, `carrier/${decided.status}`);
      return answers.at(-1);
    },
    /** The customer is erased. */
    erase: () => (erased = true),
    /** What was answered under the token, by the step itself. */
    answered: (): StepResult | undefined => answers.pop(),
    /** How it all stands: by the aggregates, and by the providers' own books. */
    stands: async () => ({
      order: (await run.state(order, orderId)).status,
      payment: (await run.state(payment, orderId)).status,
      delivery: (await run.state(delivery, orderId)).status,
      reserved: (await run.state(stock, 'chair')).reserved,
      held: money.captured - money.refunded,
      parcelBooked: parcel.booked,
    }),
  };
};

export type SagaWorld = Awaited<ReturnType<typeof sagaWorld>>;
