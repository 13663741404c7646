import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { closeAndErase } from '../../functions/customer/close-and-erase.ts';
import { changeAddress, customer, registerCustomer } from '../../functions/customer/customer.ts';
import { history } from '../../functions/customer/projections/history.ts';
import { lifetimeValue, valueOf } from '../../functions/customer/projections/lifetime-value.ts';
import { profile } from '../../functions/customer/projections/profile.ts';
import { showProfile } from '../../functions/customer/show-profile.ts';
import type { DeliveryRequest } from '../../functions/delivery/delivery-requests.ts';
import type { Booking } from '../../functions/delivery/carrier.ts';
import { tracking } from '../../functions/delivery/projections/tracking.ts';
import { requestDelivery } from '../../functions/delivery/request-delivery.ts';
import { takeCarrierReply } from '../../functions/delivery/take-carrier-reply.ts';
import { preferences as preferencesView } from '../../functions/notification/projections/preferences.ts';
import { preferences, setPreferences } from '../../functions/notification/preferences.ts';
import { confirmOrder, createOrder, order } from '../../functions/order/order.ts';
import { startSaga } from '../../functions/order/policies/start-saga.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { PaymentProcessed } from '../../functions/payment/events.ts';
import { payment } from '../../functions/payment/payment.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoProjectionStore } from '../../shared/project/dynamo-projection-store.ts';
import { findDocument, listDocuments } from '../../shared/project/find-document.ts';
import { projecting } from '../../shared/project/projecting.ts';
import type { Projection } from '../../shared/project/projection.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { dataKeyVault } from '../../shared/protect/data-key-vault.ts';
import { dynamoCustomerKeys } from '../../shared/protect/dynamo-customer-keys.ts';
import { opened } from '../../shared/protect/opened.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { memoryCustomerKeys, memoryDataKeys } from '../../shared/testing/memory-vault.ts';

const customerId = 'c-1';
const orderId = `${customerId}.00000000-0000-8000-8000-000000000001`;
const who = { name: 'Ada Lovelace', email: 'ada@example.com' };
const address = { line1: 'St James Square 12', postcode: 'SW1Y 4JH', city: 'London', country: 'GB' };
const lines = [{ sku: 'chair', quantity: 1, unitPrice: { amount: 5_000, currency: 'EUR' } }];
const amount = { amount: 5_000, currency: 'EUR' };
const personal = [who.name, who.email, address.line1, address.postcode, address.city];

/** What a projection's document is does not matter here: it is folded as it comes. */
const views = [
  profile,
  history,
  lifetimeValue,
  orderSummary,
  preferencesView,
  tracking,
] as unknown as readonly Projection<object>[];

const eventsOf = async (all: AsyncIterable<EventEnvelope>): Promise<EventEnvelope[]> => {
  const events: EventEnvelope[] = [];
  for await (const event of all) events.push(event);
  return events;
};

const storesIn = async (where: 'memory' | 'dynamodb') => {
  if (where === 'memory') {
    const store = memoryEventStore();
    return {
      store,
      keys: memoryCustomerKeys(),
      rawTables: async () => JSON.stringify(await eventsOf(store.readAll())),
    };
  }
  const client = dynamoClient(inject('engines').dynamodb);
  const events = await createTable(client, 'orderingKey', 'commit');
  const documents = await createTable(client, 'groupKey', 'itemKey');
  const keys = await createTable(client, 'customerId');
  return {
    store: dynamoEventStore(client, events),
    keys: dynamoCustomerKeys(client, keys),
    shown: dynamoProjectionStore(client, documents),
    rawTables: async () => {
      const tables = [events, documents, keys].map((TableName) =>
        client.send(new ScanCommand({ TableName })),
      );
      return JSON.stringify((await Promise.all(tables)).map(({ Items }) => Items));
    },
  };
};

/** A customer with a profile, preferences, and an order that was paid and is arranged. */
const world = async (where: 'memory' | 'dynamodb') => {
  const { store, keys, rawTables, shown = memoryProjectionStore() } = await storesIn(where);
  const dataKeys = memoryDataKeys();
  const vault = dataKeyVault({ keys, dataKeys });
  const commands = commandHandler(store);
  const bookings: Booking[] = [];
  const requested = new Map<string, DeliveryRequest>();
  const means = {
    commands,
    vault,
    requests: {
      remember: async (request: DeliveryRequest) => void requested.set(request.orderId, request),
      find: async (id: string) => requested.get(id),
    },
    carrier: {
      book: async (booking: Booking) => ({ bookingId: `bk-${bookings.push(booking)}` }),
      cancel: async () => undefined,
    },
    answer: async () => undefined,
  };

  const sealed = {
    profile: await vault.seal(customerId, who),
    email: await vault.seal(customerId, who.email),
    address: await vault.seal(customerId, address),
  };
  await commands.execute(customer, customerId, commandContext('register'), (state) =>
    registerCustomer(state, { customerId, profile: sealed.profile }),
  );
  await commands.execute(customer, customerId, commandContext('move'), (state) =>
    changeAddress(state, sealed.address),
  );
  await commands.execute(preferences, customerId, commandContext('prefer'), (state) =>
    setPreferences(state, { customerId, email: sealed.email, muted: [] }),
  );
  const submission = { submit: true, deliveryAddress: sealed.address, paymentMethod: 'card-ok' };
  await commands.execute(order, orderId, commandContext('order'), (state) =>
    createOrder(state, { customerId, currency: 'EUR', lines, ...submission }),
  );
  await commands.execute(payment, orderId, commandContext('pay'), () => [
    PaymentProcessed.of({ orderId, customerId, amount, chargeId: 'ch-1' }),
  ]);
  const step = { orderId, customerId, address: sealed.address, lines, taskToken: 'token' };
  await requestDelivery(means)(step, commandContext('arrange'));
  await takeCarrierReply(means)({ reference: orderId, status: 'accepted', trackingId: 't-1' }, 'carrier/1');
  await commands.execute(order, orderId, commandContext('confirm'), confirmOrder);

  /** Folds all events into the views, as often as one likes. */
  const fold = async (into: ProjectionStore): Promise<void> => {
    for (const view of views) {
      const listened = new Set(view.listens.map(({ type }) => type));
      const due = (await eventsOf(store.readAll()))
        .filter(({ eventType }) => listened.has(eventType))
        .toSorted((a, b) => a.sequence - b.sequence);
      const verdicts = await projecting(view, into).process(
        due.map((event) => ({ key: event.aggregateId, event })),
      );
      expect(verdicts.filter(({ kind }) => kind === 'failed')).toEqual([]);
    }
  };
  const documents = async (): Promise<string> => {
    const rebuilt = memoryProjectionStore();
    await fold(rebuilt);
    return rebuilt.snapshot();
  };
  await fold(shown);

  return {
    shown,
    bookings,
    requested,
    fold: () => fold(shown),
    documents,
    close: () =>
      closeAndErase({ commands, vault })(customerId, { reason: 'customer-request' }, commandContext('close')),
    events: () => eventsOf(store.readAll()),
    /** All that is kept anywhere, as text. */
    everything: async () => [await rawTables(), await documents(), JSON.stringify([...requested])].join('\n'),
    vault: () => dataKeyVault({ keys, dataKeys }),
    /** What the queries answer. */
    answers: async () => {
      const reader = dataKeyVault({ keys, dataKeys });
      const at = { group: customerId, item: customerId };
      const ofCustomer = await findDocument(shown, profile, at);
      const ofOrder = await findDocument(shown, orderSummary, { group: customerId, item: orderId });
      const wishes = await findDocument(shown, preferencesView, at);
      const parcel = await findDocument(shown, tracking, { group: orderId, item: orderId });
      return {
        profile: ofCustomer && (await showProfile(reader, ofCustomer)),
        order: ofOrder && (await opened(reader, customerId, ofOrder, 'deliveryAddress')),
        preferences: wishes && (await opened(reader, customerId, wishes, 'email')),
        delivery: parcel && (await opened(reader, customerId, parcel, 'address')),
      };
    },
  };
};

describe.each(['memory', 'dynamodb'] as const)('erasing a customer, all kept in %s', (where) => {
  it('shows who may see it what is personal until then, and keeps it sealed everywhere', async () => {
    const { answers, bookings, everything, events } = await world(where);
    expect(await answers()).toMatchObject({
      profile: { ...who, address },
      order: { status: 'confirmed', deliveryAddress: address },
      preferences: { email: who.email },
      delivery: { address },
    });
    expect(bookings).toMatchObject([{ address }]);
    const kept = `${await everything()}\n${JSON.stringify((await events()).map((event) => startSaga.react(event)))}`;
    for (const text of personal) expect(kept).not.toContain(text);
    expect(kept.match(/sealed\.1\.[\w-]+\.[\w-]+/g)?.length).toBeGreaterThan(5);
  });

  it('makes every sealed text anywhere unreadable, and every query shows nothing', async () => {
    const { close, fold, answers, everything, vault } = await world(where);
    const before = new Set((await everything()).match(/sealed\.1\.[\w-]+\.[\w-]+/g));
    await close();
    await fold();
    for (const text of before) expect(await vault().open(customerId, text)).toBeUndefined();
    expect(await answers()).toMatchObject({
      profile: { status: 'closed', name: null, email: null, address: null },
      order: { status: 'confirmed', deliveryAddress: null },
      preferences: { email: null },
      delivery: { address: null },
    });
  });

  it('leaves the events as they were, and so every rebuilt view but the profile', async () => {
    const { close, events, documents } = await world(where);
    const before = { events: await events(), documents: await documents() };
    await close();
    const after = await events();
    expect(after.filter(({ eventType }) => eventType !== 'CustomerClosedEvent')).toEqual(before.events);
    const others = (text: string): string[] =>
      text.split('\n').filter((line) => !line.includes(profile.name));
    expect(others(before.documents)).toHaveLength(views.length - 1);
    expect(others(await documents())).toEqual(others(before.documents));
  });

  it('keeps what was ordered and paid', async () => {
    const { close, fold, shown } = await world(where);
    await close();
    await fold();
    expect((await listDocuments(shown, history, customerId, { limit: 10 })).items).toMatchObject([
      { orderId, status: 'confirmed', total: amount, payment: 'paid', paid: amount },
    ]);
    const months = await listDocuments(shown, lifetimeValue, customerId, { limit: 10 });
    expect(valueOf(months.items)).toMatchObject([{ currency: 'EUR', value: 5_000 }]);
  });
});
