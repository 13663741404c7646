import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandHandler, type CommandContext } from '../../shared/decide/command-handler.ts';
import { UnavailableError } from '../../shared/errors/mesh-error.ts';
import type { StepResult } from '../../shared/orchestrate/saga-task.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';
import type { AnswerSaga } from './answer-saga.ts';
import type { Booking, Carrier } from './carrier.ts';
import type { DeliveryRequest, DeliveryRequests } from './delivery-requests.ts';
import { delivery, dispatchDelivery } from './delivery.ts';
import { requestDelivery } from './request-delivery.ts';
import { takeBackDelivery } from './take-back-delivery.ts';
import { takeCarrierReply } from './take-carrier-reply.ts';

const orderId = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const customerId = 'ada';
const trail = {
  correlationId: 'corr',
  causationId: 'the submitted order',
  traceId: '0af7651916cd43dd8448eb211c80319c',
};
const step: CommandContext = { ...trail, commandId: `${orderId}#ArrangeDelivery` };
const compensation: CommandContext = { ...trail, commandId: `${orderId}#CancelDelivery` };
const address = { line1: 'Hauptstr. 1', postcode: '10115', city: 'Berlin', country: 'DE' };
const lines = [{ sku: 'chair', quantity: 2 }];
const vault = memoryVault();
const sealed = await vault.seal(customerId, address);
const input = (taskToken: string) => ({ orderId, customerId, address: sealed, lines, taskToken });
const accepted = { reference: orderId, status: 'accepted', trackingId: 'track-1' } as const;
const refused = { reference: orderId, status: 'refused', reason: 'address-not-served' } as const;
const takeBack = { orderId, customerId, reason: 'the saga failed' };

/** The context with everything around it in memory. `between` runs before each call that leaves the process. */
const context = (between: () => Promise<unknown> = () => Promise.resolve(), carrierFails?: Error) => {
  let erased = false;
  const store = memoryEventStore();
  const remembered = new Map<string, DeliveryRequest>();
  const bookings: Booking[] = [];
  const cancellations: string[] = [];
  const answers: { readonly taskToken: string; readonly result: StepResult }[] = [];
  const firstRemembered = Promise.withResolvers<undefined>();
  const commands = commandHandler({
    ...store,
    load: (...of) => between().then(() => store.load(...of)),
    append: (commits) => between().then(() => store.append(commits)),
  });
  const requests: DeliveryRequests = {
    remember: async (request) => {
      await between();
      remembered.set(request.orderId, request);
      firstRemembered.resolve(undefined);
    },
    find: (id) => between().then(() => remembered.get(id)),
  };
  const carrier: Carrier = {
    book: async (booking) => {
      await between();
      if (carrierFails) throw carrierFails;
      bookings.push(booking);
      return { bookingId: 'bk-1' };
    },
    cancel: async (reference) => {
      await between();
      cancellations.push(reference);
    },
  };
  const answer: AnswerSaga = async (taskToken, result) => {
    await between();
    answers.push({ taskToken, result });
  };
  const open: Vault['open'] = (...of) => between().then(() => (erased ? undefined : vault.open(...of)));
  const means = { commands, vault: { open }, requests, carrier, answer };
  return {
    commands,
    erase: (is = true) => (erased = is),
    bookings,
    cancellations,
    answers,
    firstRemembered: firstRemembered.promise,
    arrange: requestDelivery(means),
    reply: takeCarrierReply(means),
    takeBack: takeBackDelivery(means),
    stream: async () => (await store.load(delivery.definition, orderId)).flatMap(({ events }) => events),
  };
};

const arrangedResult = {
  outcome: 'arranged',
  event: 'DeliveryArrangedEvent',
  details: { trackingId: 'track-1' },
};

describe('arranging a delivery', () => {
  it("asks the carrier, and wakes the saga with the carrier's answer on the saga's trail", async () => {
    const { arrange, reply, bookings, answers, stream } = context();

    expect(await arrange(input('token-1'), step)).toEqual({
      outcome: 'requested',
      details: { bookingId: 'bk-1' },
    });
    expect(answers).toEqual([]);
    await reply(accepted, 'carrier/key-1');

    expect(bookings).toEqual([
      { reference: orderId, address, lines, idempotencyKey: `${orderId}#ArrangeDelivery` },
    ]);
    expect(answers).toEqual([{ taskToken: 'token-1', result: arrangedResult }]);
    expect(await stream()).toMatchObject([{ eventType: 'DeliveryArrangedEvent', metadata: trail }]);
  });

  it('tells the saga why the carrier refuses', async () => {
    const { arrange, reply, answers, stream } = context();
    await arrange(input('token-1'), step);
    await reply(refused, 'carrier/key-1');
    const result = { outcome: 'refused', event: 'DeliveryCancelledEvent', reason: 'address-not-served' };
    expect(answers).toEqual([{ taskToken: 'token-1', result }]);
    expect(await stream()).toMatchObject([{ eventType: 'DeliveryCancelledEvent' }]);
  });

  it('tells the saga when to come back while the circuit of the carrier is open (CON-12)', async () => {
    const retryAt = new Date('2026-03-01T12:00:10.000Z');
    const open = new UnavailableError('circuit-open', 'the circuit of carrier is open', retryAt);
    const { arrange, answers, stream } = context(() => Promise.resolve(), open);
    await arrange(input('token-1'), step);
    const details = { retryAt: retryAt.toISOString() };
    expect(answers).toMatchObject([{ taskToken: 'token-1', result: { outcome: 'later', details } }]);
    expect(await stream()).toEqual([]);
  });

  it('answers a repeated step at once when the carrier has answered already', async () => {
    const { arrange, reply, bookings, answers } = context();
    await arrange(input('token-1'), step);
    await reply(accepted, 'carrier/key-1');
    await arrange(input('token-2'), step);
    expect(bookings).toHaveLength(1);
    expect(answers.at(-1)).toEqual({ taskToken: 'token-2', result: arrangedResult });
  });

  it('asks nobody when it comes after its own compensation', async () => {
    const { arrange, takeBack: compensate, bookings, answers } = context();
    await compensate(takeBack, compensation);
    await arrange(input('token-1'), step);
    expect(bookings).toEqual([]);
    expect(answers).toMatchObject([{ result: { outcome: 'refused', reason: 'the saga failed' } }]);
  });
});

describe('a customer who was erased meanwhile', () => {
  const givenUp = { outcome: 'refused', event: 'DeliveryCancelledEvent', reason: 'customer-erased' };

  it('gets nothing delivered, also not what an earlier attempt may have booked, and the saga turns round', async () => {
    const { arrange, bookings, cancellations, answers, stream, erase } = context();
    await arrange(input('token-1'), step);
    erase();
    await arrange(input('token-2'), step);
    expect(answers).toEqual([{ taskToken: 'token-2', result: givenUp }]);
    expect(bookings).toHaveLength(1);
    expect(cancellations).toEqual([orderId]);
    expect(await stream()).toMatchObject([{ eventType: 'DeliveryCancelledEvent', metadata: trail }]);
  });

  it('gets nothing delivered by a late attempt either, in a process that still holds the key', async () => {
    const { arrange, reply, bookings, answers, stream, erase } = context();
    erase();
    await arrange(input('token-1'), step);
    erase(false);
    await arrange(input('token-2'), step);
    await reply(accepted, 'carrier/key-1');
    expect(bookings).toEqual([]);
    expect(answers.map(({ result }) => result)).toEqual([givenUp, givenUp, givenUp]);
    expect(await stream()).toHaveLength(1);
  });

  it('keeps a parcel that the carrier had taken before', async () => {
    const { arrange, reply, answers, cancellations, erase } = context();
    await arrange(input('token-1'), step);
    await reply(accepted, 'carrier/key-1');
    erase();
    await arrange(input('token-2'), step);
    expect(answers.at(-1)).toEqual({ taskToken: 'token-2', result: arrangedResult });
    expect(cancellations).toEqual([]);
  });
});

describe("the carrier's answer", () => {
  it('is written once and wakes the saga again when it is repeated', async () => {
    const { arrange, reply, answers, stream } = context();
    await arrange(input('token-1'), step);
    await reply(accepted, 'carrier/key-1');
    await reply(accepted, 'carrier/key-2');
    expect(await stream()).toHaveLength(1);
    expect(answers.map(({ result }) => result)).toEqual([arrangedResult, arrangedResult]);
  });

  it('does not contradict what it said first', async () => {
    const { arrange, reply, answers } = context();
    await arrange(input('token-1'), step);
    await reply(accepted, 'carrier/key-1');
    await reply(refused, 'carrier/key-2');
    expect(answers.at(-1)?.result).toEqual(arrangedResult);
  });

  it('arranges nothing after the saga took the delivery back', async () => {
    const { arrange, reply, takeBack: compensate, stream } = context();
    await arrange(input('token-1'), step);
    await compensate(takeBack, compensation);
    expect((await reply(accepted, 'carrier/key-1')).events).toEqual([]);
    expect(await stream()).toMatchObject([{ eventType: 'DeliveryCancelledEvent', payload: takeBack }]);
  });

  it('is refused when nobody asked', async () => {
    const { reply } = context();
    await expect(reply(accepted, 'carrier/key-1')).rejects.toMatchObject({
      code: 'booking-unknown',
      kind: 'not-found',
    });
  });

  it('reaches the token that waits, however it meets a repeated step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const mesh = context(() => scheduler.schedule(Promise.resolve()));
        const { arrange, reply, bookings, answers, stream } = mesh;
        const first = arrange(input('token-1'), step);
        // A second attempt begins when the first has failed or lost its answer, after it wrote down its token.
        const second = mesh.firstRemembered.then(() => arrange(input('token-2'), step));
        const answered = first.then(() =>
          bookings.length > 0 ? reply(accepted, 'carrier/key-1') : undefined,
        );
        await scheduler.waitFor(Promise.all([first, second, answered]));
        expect(await scheduler.waitFor(stream())).toHaveLength(1);
        expect(answers).toContainEqual({ taskToken: 'token-2', result: arrangedResult });
      }),
    );
  });
});

describe('taking a delivery back', () => {
  it('tells the carrier and leaves a fence, once, however often it runs', async () => {
    const { arrange, takeBack: compensate, cancellations, stream } = context();
    await arrange(input('token-1'), step);
    const first = await compensate(takeBack, compensation);
    expect(first).toEqual({ outcome: 'cancelled', event: 'DeliveryCancelledEvent' });
    expect(await compensate(takeBack, compensation)).toEqual(first);
    expect(cancellations).toEqual([orderId, orderId]);
    expect(await stream()).toHaveLength(1);
  });

  it('is refused for a parcel on its way, of which the carrier hears nothing', async () => {
    const { arrange, reply, commands, takeBack: compensate, cancellations } = context();
    await arrange(input('token-1'), step);
    await reply(accepted, 'carrier/key-1');
    await commands.execute(delivery, orderId, { ...trail, commandId: 'dispatch' }, dispatchDelivery);
    await expect(compensate(takeBack, compensation)).rejects.toMatchObject({ code: 'delivery-state' });
    expect(cancellations).toEqual([]);
  });
});
