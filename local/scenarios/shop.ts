import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { waitFor } from '../engines/wait-for.ts';
import type { Endpoints } from '../mesh/endpoints.ts';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly currency: string };
}

export interface OrderRequest {
  readonly lines: readonly Line[];
  readonly paymentMethod?: string;
  /** The fake carrier goes by it: REFUSE, SILENT, ERROR. */
  readonly postcode?: string;
  readonly customerId?: string;
}

const Written = z.object({ aggregateType: z.string(), aggregateId: z.string(), sequence: z.int() });
/** The answer to a command. */
export const Accepted = z.looseObject({ written: z.array(Written) });
const AcceptedOrder = Accepted.extend({ orderId: z.string() });

/** What an accepted command wrote. */
export type Written = z.infer<typeof Written>;

const Order = z.looseObject({
  orderId: z.string(),
  status: z.string(),
  sequence: z.int(),
  reason: z.string().optional(),
  total: z.object({ amount: z.int(), currency: z.string() }).optional(),
});
export type Order = z.infer<typeof Order>;

const Availability = z.looseObject({ onHand: z.int(), reserved: z.int(), available: z.int() });
export type Availability = z.infer<typeof Availability>;

const Saga = z.looseObject({
  status: z.string(),
  steps: z.array(z.looseObject({ stepId: z.string(), status: z.string() })),
});

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const FINAL = new Set(['confirmed', 'cancelled', 'completed']);

type CommandMethod = 'POST' | 'PUT' | 'DELETE';

export interface CommandOptions {
  readonly method?: CommandMethod;
  readonly idempotencyKey?: string;
}

/** A shop's customer at the public API: all that the scenarios do, they do through it. */
export interface Shop {
  post(path: string, body: unknown, idempotencyKey?: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Sends a command (POST unless told) that must be accepted; answers what it wrote. */
  command(path: string, body: unknown, options?: CommandOptions): Promise<readonly Written[]>;
  receive(sku: string, quantity: number): Promise<void>;
  /** Says where a customer wants to be written to. */
  prefer(customerId: string, email: string): Promise<readonly Written[]>;
  /** Sends an order and submits it; answers when the command is accepted. */
  send(
    order: OrderRequest,
    idempotencyKey?: string,
  ): Promise<{ readonly orderId: string; readonly written: readonly Written[] }>;
  /** The same, and waits until the order is in its view; answers its id. */
  place(order: OrderRequest, idempotencyKey?: string): Promise<string>;
  /** Waits until an order is confirmed or cancelled, in its view. */
  final(orderId: string): Promise<Order>;
  /** The saga's status, once it has ended. */
  sagaEnd(orderId: string): Promise<z.infer<typeof Saga>>;
  /** Waits until a SKU's view satisfies a condition, and answers it. */
  availability(sku: string, condition: (stock: Availability) => boolean): Promise<Availability>;
  /** Milliseconds from a command's acceptance until the view showed what it wrote, of every order placed. */
  readonly latencies: readonly number[];
}

/** @param deadlineMs how long an order may take to end, and a view to follow */
export const openShop = ({ api }: Endpoints, token: string, deadlineMs: number): Shop => {
  const latencies: number[] = [];
  const patience = { deadlineMs, everyMs: 250, upToMs: 2_000 };
  const call = async (method: string, path: string, body?: unknown, key?: string): Promise<Answer> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(key !== undefined && { 'idempotency-key': key, 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const get = (path: string): Promise<Answer> => call('GET', path);
  /** A command is safe to send again under its key: a worker that was killed under it answers 5xx. */
  const tell = (method: CommandMethod, path: string, body: unknown, key: string): Promise<Answer> =>
    waitFor(
      `an answer to ${method} ${path}`,
      async () => {
        const answer = await call(method, path, body, key);
        const inProgress =
          answer.status === 409 && JSON.stringify(answer.body).includes('request-in-progress');
        return answer.status < 500 && !inProgress ? answer : undefined;
      },
      patience,
    );
  const post: Shop['post'] = (path, body, key = randomUUID()) => tell('POST', path, body, key);
  const find = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const { status, body } = await get(path);
    return status === 200 ? schema.parse(body) : undefined;
  };
  const accepted = async (
    path: string,
    body: unknown,
    { method = 'POST', idempotencyKey = randomUUID() }: CommandOptions = {},
  ) => {
    const answer = await tell(method, path, body, idempotencyKey);
    if (answer.status !== 202)
      throw new Error(`${method} ${path} answered ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const timeUntilVisible = async (orderId: string, sequence: number): Promise<void> => {
    const acceptedAt = performance.now();
    const see = async () => {
      const order = await find(`/orders/${orderId}`, Order);
      return order && order.sequence >= sequence ? order : undefined;
    };
    await waitFor(`order ${orderId} visible`, see, { deadlineMs, everyMs: 10, upToMs: 1_000 });
    latencies.push(performance.now() - acceptedAt);
  };
  const command: Shop['command'] = async (path, body, options) =>
    Accepted.parse(await accepted(path, body, options)).written;
  const send: Shop['send'] = async (
    { lines, paymentMethod = 'card-ok', postcode = '10115', customerId = randomUUID() },
    key,
  ) => {
    const order = {
      customerId,
      currency: 'EUR',
      lines,
      deliveryAddress: { line1: 'Hauptstrasse 1', postcode, city: 'Berlin', country: 'DE' },
      paymentMethod,
      submit: true,
    };
    return AcceptedOrder.parse(
      await accepted('/orders', order, { ...(key !== undefined && { idempotencyKey: key }) }),
    );
  };
  return {
    latencies,
    get,
    post,
    command,
    send,
    receive: async (sku, quantity) => {
      await command(`/inventory/${sku}/receipts`, { quantity });
    },
    prefer: async (customerId, email) => {
      const path = `/customers/${customerId}/notification-preferences`;
      return Accepted.parse(await accepted(path, { email }, { method: 'PUT' })).written;
    },
    place: async (order, key) => {
      const { orderId, written } = await send(order, key);
      await timeUntilVisible(orderId, written[0]?.sequence ?? 1);
      return orderId;
    },
    final: (orderId) =>
      waitFor(
        `order ${orderId} confirmed or cancelled`,
        async () => {
          const order = await find(`/orders/${orderId}`, Order);
          return order && FINAL.has(order.status) ? order : undefined;
        },
        patience,
      ),
    sagaEnd: (orderId) =>
      waitFor(
        `the saga of ${orderId} ended`,
        async () => {
          const saga = await find(`/orders/${orderId}/saga`, Saga);
          return saga && saga.status !== 'running' ? saga : undefined;
        },
        patience,
      ),
    availability: (sku, condition) =>
      waitFor(
        `availability of ${sku}`,
        async () => {
          const stock = await find(`/inventory/${sku}`, Availability);
          return stock && condition(stock) ? stock : undefined;
        },
        patience,
      ),
  };
};

export const line = (sku: string, quantity: number, amount = 1_990): Line => ({
  sku,
  quantity,
  unitPrice: { amount, currency: 'EUR' },
});
