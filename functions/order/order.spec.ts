import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import {
  addOrderItem as addOrderItemSchema,
  cancelOrder as cancelOrderSchema,
  createOrder as createOrderSchema,
} from './commands.ts';
import { takeBackOrder } from './take-back-order.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
  type OrderLine,
} from './events.ts';
import {
  addOrderItem,
  cancelOrder,
  completeOrder,
  confirmOrder,
  createOrder,
  order,
  submitOrder,
  type OrderState,
  type SealedOrder,
} from './order.ts';

const customerId = 'ada';
const deliveryAddress = sealedForTest('address');
const paymentMethod = 'card-ok';
const submission = { deliveryAddress, paymentMethod };
const line = (sku: string, quantity = 1, amount = 1_000): OrderLine => ({
  sku,
  quantity,
  unitPrice: { amount, currency: 'EUR' },
});
const chairs = line('chair', 4, 2_550);
const table = line('table', 1, 10_000);
const total = { amount: 20_200, currency: 'EUR' };

const created = OrderCreated.of({ customerId, currency: 'EUR' });
const chairsAdded = OrderItemAdded.of({ line: chairs });
const tableAdded = OrderItemAdded.of({ line: table });
const submitted = OrderSubmitted.of({ customerId, lines: [chairs, table], total, ...submission });
const confirmed = OrderConfirmed.of({ customerId, total });
const cancelled = OrderCancelled.of({ customerId, reason: 'changed-mind', lines: [] });
const completed = OrderCompleted.of({ customerId });

const draft = [created, chairsAdded, tableAdded];
const histories: Readonly<Record<string, readonly NewEvent[]>> = {
  none: [],
  draft,
  submitted: [...draft, submitted],
  confirmed: [...draft, submitted, confirmed],
  cancelled: [...draft, cancelled],
  completed: [...draft, submitted, confirmed, completed],
};

const command = (rest: Partial<SealedOrder>): SealedOrder => ({
  customerId,
  currency: 'EUR',
  lines: [],
  submit: false,
  ...rest,
});

describe('creating an order', () => {
  it('starts an empty draft', () => {
    given(order, [])
      .when((state) => createOrder(state, command({})))
      .then([created]);
  });

  it('takes its items, and submits it, in the same breath', () => {
    given(order, [])
      .when((state) => createOrder(state, command({ lines: [chairs, table], submit: true, ...submission })))
      .then([...draft, submitted]);
  });

  it('holds its items to the same rules as one added later', () => {
    given(order, [])
      .when((state) => createOrder(state, command({ lines: [chairs, chairs] })))
      .thenRefused('order-line-exists');
    given(order, [])
      .when((state) => createOrder(state, command({ submit: true, ...submission })))
      .thenRefused('order-empty');
  });

  it('happens once', () => {
    given(order, draft)
      .when((state) => createOrder(state, command({})))
      .thenRefused('order-exists');
  });

  it('needs address and payment method only where it is submitted', () => {
    const body = { customerId, currency: 'EUR', lines: [chairs] };
    expect(createOrderSchema.safeParse(body).success).toBe(true);
    const { error } = createOrderSchema.safeParse({ ...body, submit: true });
    expect(error?.issues.map(({ path }) => path)).toEqual([['deliveryAddress'], ['paymentMethod']]);
  });

  it('lets no caller claim a promotion', () => {
    const claimed = { ...chairs, promotionId: 'spring' };
    expect(addOrderItemSchema.safeParse(chairs).success).toBe(true);
    expect(addOrderItemSchema.safeParse(claimed).success).toBe(false);
    const body = { customerId, currency: 'EUR', lines: [claimed] };
    expect(createOrderSchema.safeParse(body).success).toBe(false);
  });
});

describe('adding an item', () => {
  it('puts it into the draft', () => {
    given(order, [created])
      .when((state) => addOrderItem(state, chairs))
      .then([chairsAdded]);
  });

  it('needs the currency of the order', () => {
    given(order, [created])
      .when((state) => addOrderItem(state, { ...chairs, unitPrice: { amount: 1, currency: 'USD' } }))
      .thenRefused('order-currency');
  });

  it('needs an item that is not there yet', () => {
    given(order, [created, chairsAdded])
      .when((state) => addOrderItem(state, line('chair')))
      .thenRefused('order-line-exists');
  });

  it('ends at fifty items', () => {
    const items = Array.from({ length: 50 }, (_, i) => OrderItemAdded.of({ line: line(`sku-${i}`) }));
    given(order, [created, ...items.slice(1)])
      .when((state) => addOrderItem(state, chairs))
      .then([chairsAdded]);
    given(order, [created, ...items])
      .when((state) => addOrderItem(state, chairs))
      .thenRefused('order-full');
  });
});

describe('submitting an order', () => {
  it('adds up what it costs', () => {
    given(order, draft)
      .when((state) => submitOrder(state, submission))
      .then([submitted]);
  });

  it('needs an item', () => {
    given(order, [created])
      .when((state) => submitOrder(state, submission))
      .thenRefused('order-empty');
  });

  it('cannot come to more than an amount can be', () => {
    const unitPrice = { amount: 1_000_000_000_000, currency: 'EUR' };
    given(order, [created, OrderItemAdded.of({ line: { sku: 'YACHT', quantity: 2, unitPrice } })])
      .when((state) => submitOrder(state, submission))
      .thenRefused('order-too-large');
  });
});

describe('the reason of a cancellation', () => {
  it('is a code of the customer: what they write would stay for ever (ADR 16)', () => {
    expect(cancelOrderSchema.safeParse({ reason: 'changed-mind' }).success).toBe(true);
    expect(cancelOrderSchema.safeParse({ reason: 'Ada Lovelace has moved away' }).success).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['blank', '  '],
    ['long', 'no '.repeat(1_000)],
  ])('stops no saga, also where it is %s', (_, reason) => {
    const orderId = 'ada.00000000-0000-8000-8000-000000000001';
    expect(takeBackOrder.safeParse({ orderId, reason }).success).toBe(true);
  });
});

describe('confirming, cancelling and completing an order', () => {
  it('confirms what was submitted', () => {
    given(order, [...draft, submitted])
      .when(confirmOrder)
      .then([confirmed]);
  });

  it('cancels a draft, which holds nothing to give back', () => {
    given(order, draft)
      .when((state) => cancelOrder(state, { reason: 'changed-mind' }))
      .then([cancelled]);
  });

  it('says when it is cancelled which promotions its prices were of, so that they can be given back', () => {
    const promoted = { ...chairs, promotionId: 'spring' };
    const history = [
      created,
      OrderItemAdded.of({ line: promoted }),
      OrderSubmitted.of({ customerId, lines: [promoted], total, ...submission }),
    ];
    given(order, history)
      .when((state) => cancelOrder(state, { reason: 'out of stock' }))
      .then([OrderCancelled.of({ customerId, reason: 'out of stock', lines: [promoted] })]);
  });

  it('cancels what was submitted, and says what is to be given back', () => {
    given(order, [...draft, submitted])
      .when((state) => cancelOrder(state, { reason: 'out of stock' }))
      .then([OrderCancelled.of({ customerId, reason: 'out of stock', lines: [chairs, table] })]);
  });

  it('completes what was confirmed', () => {
    given(order, [...draft, submitted, confirmed])
      .when(completeOrder)
      .then([completed]);
  });

  it.each([
    ['confirming', 'confirmed', confirmOrder],
    ['confirming', 'completed', confirmOrder],
    ['cancelling', 'cancelled', (state: OrderState) => cancelOrder(state, { reason: 'again' })],
    ['completing', 'completed', completeOrder],
  ] as const)('changes nothing by %s what is %s', (_, status, decide) => {
    given(order, histories[status]).when(decide).then([]);
  });
});

const wishes = {
  'adding an item': (state: OrderState) => addOrderItem(state, line('lamp')),
  submitting: (state: OrderState) => submitOrder(state, submission),
  confirming: confirmOrder,
  cancelling: (state: OrderState) => cancelOrder(state, { reason: 'changed-mind' }),
  completing: completeOrder,
};

const outOfPlace: readonly (readonly [keyof typeof wishes, readonly string[]])[] = [
  ['adding an item', ['submitted', 'confirmed', 'cancelled', 'completed']],
  ['submitting', ['submitted', 'confirmed', 'cancelled', 'completed']],
  ['confirming', ['draft', 'cancelled']],
  ['cancelling', ['confirmed', 'completed']],
  ['completing', ['draft', 'submitted', 'cancelled']],
];

describe.each(outOfPlace)('%s', (wish, statuses) => {
  it.each(statuses)('is refused when the order is %s', (status) => {
    given(order, histories[status]).when(wishes[wish]).thenRefused('order-state');
  });

  it('is refused when there is no such order', () => {
    given(order, []).when(wishes[wish]).thenRefused('order-unknown');
  });
});

it('an order is confirmed or cancelled, never both, whatever the order of commands', () => {
  const create = (state: OrderState) => createOrder(state, command({ lines: [chairs] }));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.values(wishes), create), { maxLength: 25 }),
      (commands) => {
        const stream: NewEvent[] = [];
        for (const decide of commands) {
          try {
            stream.push(...decide(fold(order, envelopesOf('ada.1', stream))));
          } catch (error) {
            if (!(error instanceof BusinessError)) throw error;
          }
        }
        const life = stream.map(({ definition }) => definition.type.replace(/^Order|Event$/g, '')).join(' ');
        expect(life).toMatch(
          /^(|Created( ItemAdded)*( Cancelled| Submitted( Cancelled| Confirmed( Completed)?)?)?)$/,
        );
      },
    ),
  );
});

it('costs what its items cost, however it was filled', () => {
  const lines = fc.uniqueArray(
    fc.record({
      sku: fc.stringMatching(/^[a-z]{1,10}$/),
      quantity: fc.integer({ min: 1, max: 999 }),
      amount: fc.nat(99_999),
    }),
    { selector: ({ sku }) => sku, minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(lines, fc.nat(), (drawn, at) => {
      const all = drawn.map(({ sku, quantity, amount }) => line(sku, quantity, amount));
      const [early, late] = [all.slice(0, at % all.length), all.slice(at % all.length)];
      const stream = createOrder({ status: 'none' }, command({ lines: early }));
      for (const item of late) stream.push(...addOrderItem(fold(order, envelopesOf('ada.1', stream)), item));
      const amount = drawn.reduce((sum, one) => sum + one.quantity * one.amount, 0);
      given(order, stream)
        .when((state) => submitOrder(state, submission))
        .then([
          OrderSubmitted.of({ customerId, lines: all, total: { amount, currency: 'EUR' }, ...submission }),
        ]);
    }),
  );
});
