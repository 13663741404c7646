import { z } from 'zod';
import { Accepted, type Shop } from '../../scenarios/shop.ts';
import { picked } from '../draw.ts';
import type { Deed } from './deed.ts';
import type { Journal } from './journal.ts';

/** A pick among the newest orders: later ones of a run have as good a chance as the first. */
const RECENT = 40;
const FIRST_STOCK = 30;
const FIRST_PRICE = 1_990;

const skuOf = (seed: number, n: number): string => `chaos-${seed}-sku-${n}`;
const customerOf = (seed: number, n: number): string => `chaos-${seed}-c${n}`;

const CheckedOut = z.looseObject({ orderId: z.string() });
/** A refusal as it comes: problem+json. */
const Refused = z.looseObject({ code: z.string() });

/** Notes an order that was accepted. */
export const ordered = (journal: Journal, orderId: string, sku: string): void => {
  journal.orders.push(orderId);
  journal.articleOf.set(orderId, sku);
};

interface Means {
  readonly seed: number;
  readonly shop: Shop;
  readonly journal: Journal;
}

/**
 * Does deeds, each command under a key of its own, repeated until there is an answer: processes are killed under it.
 * What was accepted goes to the journal, and what no rule explains, too.
 */
export const performing = ({ seed, shop, journal }: Means): ((deed: Deed, key: string) => Promise<void>) => {
  const known = new Map<string, Promise<unknown>>();
  /** Runs something once, whoever comes first; the others wait for it. */
  const once = (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    const running = known.get(name) ?? work();
    known.set(name, running);
    return running;
  };

  const receive = async (sku: string, quantity: number, key: string): Promise<void> => {
    journal.written.push(
      ...(await shop.command(`/inventory/${sku}/receipts`, { quantity }, { idempotencyKey: key })),
    );
    journal.received.push({ sku, quantity });
  };
  const stocked = (sku: string) => once(sku, () => receive(sku, FIRST_STOCK, `${sku}-first`));
  const registered = (customer: string) =>
    once(customer, async () => {
      journal.written.push(...(await shop.prefer(customer, `${customer}@example.test`)));
    });

  const order = async (deed: Deed & { kind: 'order' }, key: string): Promise<void> => {
    const customerId = customerOf(seed, deed.customer);
    const lines = deed.lines.map(({ sku, quantity, amount }) => ({
      sku: skuOf(seed, sku),
      quantity,
      unitPrice: { amount, currency: 'EUR' },
    }));
    await Promise.all([registered(customerId), ...lines.map(({ sku }) => stocked(sku))]);
    const { paymentMethod, postcode } = deed;
    const { orderId, written } = await shop.send({ customerId, lines, paymentMethod, postcode }, key);
    ordered(journal, orderId, lines[0]?.sku ?? '');
    journal.written.push(...written);
  };

  /** Sends a command under a key of its own; a refusal that the moment explains counts as too soon. */
  const attempt = async (
    path: string,
    body: object,
    key: string,
    tooSoon: readonly string[],
  ): Promise<unknown> => {
    const answer = await shop.post(path, body, key);
    if (answer.status === 202) {
      journal.written.push(...Accepted.parse(answer.body).written);
      return answer.body;
    }
    if (tooSoon.includes(Refused.safeParse(answer.body).data?.code ?? '')) journal.tooSoon += 1;
    else journal.unexpected.push(`POST ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return undefined;
  };

  const setPrice = async (sku: string, amount: number, key: string): Promise<void> => {
    const body = { price: { amount, currency: 'EUR' } };
    journal.written.push(
      ...(await shop.command(`/prices/${sku}`, body, { method: 'PUT', idempotencyKey: key })),
    );
  };
  const listed = (sku: string) =>
    once(`${sku} listed`, async () => {
      const article = {
        sku,
        category: 'chaos',
        sellerId: `chaos-${seed}-seller`,
        name: sku,
        description: sku,
      };
      journal.written.push(...(await shop.command('/products', article, { idempotencyKey: `${sku}-list` })));
      await setPrice(sku, FIRST_PRICE, `${sku}-price`);
    });
  const signedUp = (customerId: string) =>
    once(`${customerId} signed up`, async () => {
      const who = { customerId, name: 'Ada', email: `${customerId}@example.test` };
      journal.written.push(
        ...(await shop.command('/customers', who, { idempotencyKey: `${customerId}-sign-up` })),
      );
    });

  const buy = async (deed: Deed & { kind: 'cart' }, key: string): Promise<void> => {
    const { quantity, paymentMethod, postcode } = deed;
    const [customerId, sku] = [customerOf(seed, deed.customer), skuOf(seed, deed.sku)];
    await Promise.all([registered(customerId), signedUp(customerId), stocked(sku), listed(sku)]);
    const path = `/carts/${customerId}`;
    journal.written.push(
      ...(await shop.command(`${path}/items`, { sku, quantity }, { idempotencyKey: `${key}-item` })),
    );
    const deliveryAddress = { line1: 'Hauptstrasse 1', postcode, city: 'Berlin', country: 'DE' };
    // Another of the customer's deeds may have checked the item out, and the price may not be known to the shop yet.
    const excuses = ['cart-empty', 'price-unknown'];
    const body = await attempt(`${path}/check-out`, { deliveryAddress, paymentMethod }, key, excuses);
    if (body !== undefined) ordered(journal, CheckedOut.parse(body).orderId, sku);
  };

  /** The review context learns of a completion by its topic, and takes one review of an article from a customer. */
  const review = async (by: number, key: string): Promise<void> => {
    const orderId = picked([...journal.completed], by);
    if (orderId === undefined) return;
    const about = { orderId, sku: journal.articleOf.get(orderId), stars: 1 + (by % 5) };
    const text = { title: 'As described', text: 'It came in time.' };
    await attempt('/reviews', { ...about, ...text }, key, ['not-verified', 'review-exists']);
  };

  const cancel = async (by: number, key: string): Promise<void> => {
    const orderId = picked(journal.orders.slice(-RECENT), by);
    if (orderId === undefined) return;
    const path = `/orders/${orderId}/cancel`;
    const { status, body } = await shop.post(path, { reason: 'changed-mind' }, key);
    if (status === 202) journal.cancelled.add(orderId);
    // 404: the order of a cart comes a moment after its check-out. That none is lost is held against the books at the end.
    else if (status === 409 || status === 404) journal.tooSoon += 1;
    else journal.unexpected.push(`POST ${path} answered ${status} ${JSON.stringify(body)}`);
  };

  /** A warehouse sends off what is confirmed. */
  const dispatch = async (by: number, key: string): Promise<void> => {
    const waiting = journal.orders.slice(-RECENT).filter((orderId) => !journal.dispatched.has(orderId));
    const orderId = picked(waiting, by);
    if (orderId === undefined) return;
    const { body } = await shop.get(`/orders/${orderId}`);
    const confirmed =
      typeof body === 'object' && body !== null && 'status' in body && body.status === 'confirmed';
    if (!confirmed) {
      journal.tooSoon += 1;
      return;
    }
    journal.written.push(
      ...(await shop.command(`/deliveries/${orderId}/dispatch`, {}, { idempotencyKey: key })),
    );
    journal.dispatched.add(orderId);
  };

  const complete = async (by: number, key: string): Promise<void> => {
    const orderId = picked(
      [...journal.dispatched].filter((dispatched) => !journal.completed.has(dispatched)),
      by,
    );
    if (orderId === undefined) return;
    journal.written.push(
      ...(await shop.command(`/deliveries/${orderId}/complete`, {}, { idempotencyKey: key })),
    );
    journal.completed.add(orderId);
  };

  return (deed, key) => {
    switch (deed.kind) {
      case 'order':
        return order(deed, key);
      case 'cart':
        return buy(deed, key);
      case 'price':
        return setPrice(skuOf(seed, deed.sku), deed.amount, key);
      case 'review':
        return review(deed.pick, key);
      case 'receipt':
        return receive(skuOf(seed, deed.sku), deed.quantity, key);
      case 'cancel':
        return cancel(deed.pick, key);
      case 'dispatch':
        return dispatch(deed.pick, key);
      case 'complete':
        return complete(deed.pick, key);
    }
  };
};
