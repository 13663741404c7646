import pMap from 'p-map';
import { z } from 'zod';
import { waitFor } from '../../engines/wait-for.ts';
import type { Shop } from '../shop.ts';
import type { Customer, DayPlan, Visit } from './plan-day.ts';

/** What was done in a day, as the API answered it. */
export interface DayJournal {
  readonly orders: { readonly orderId: string; readonly customerId: string; readonly total: number }[];
  /** Orders that their customers wanted back, by what the shop said. */
  readonly cancellations: { accepted: number; tooLate: number };
  reviews: number;
  /** How often a cart's total had changed between the quote and the check-out, and was quoted again. */
  requoted: number;
}

const CUSTOMERS_AT_ONCE = 40;
const SETTERS_AT_ONCE = 6;

const Cart = z.looseObject({
  lines: z.array(z.looseObject({ sku: z.string(), unitPrice: z.unknown().optional() })),
  total: z.object({ amount: z.int(), currency: z.string() }).optional(),
});
const CheckedOut = z.looseObject({ orderId: z.string() });

/** Sellers come, list their articles, get them priced and stocked; promotions begin. Then the doors open. */
const openDoors = async (shop: Shop, { sellers, articles, promotions }: DayPlan): Promise<void> => {
  await pMap(
    sellers,
    async (sellerId) => {
      await shop.command('/sellers', { sellerId, name: `Seller ${sellerId}` });
      await shop.command(`/sellers/${sellerId}/approve`, {});
    },
    { concurrency: SETTERS_AT_ONCE },
  );
  await pMap(
    articles,
    async ({ sku, category, sellerId, name, price, stock }) => {
      await shop.command('/products', {
        sku,
        category,
        sellerId,
        name,
        description: `${name}, from ${sellerId}`,
      });
      await shop.command(`/prices/${sku}`, { price }, { method: 'PUT' });
      await shop.receive(sku, stock);
    },
    { concurrency: SETTERS_AT_ONCE },
  );
  for (const { promotionId, skus, percent, limit } of promotions) {
    await shop.command('/promotions', {
      promotionId,
      name: `${String(percent)} % off`,
      skus,
      percent,
      limit,
    });
    await shop.command(`/promotions/${promotionId}/activate`, {});
  }
};

const signUp = async (shop: Shop, { customerId, name, email, street }: Customer): Promise<void> => {
  await shop.command('/customers', { customerId, name, email });
  await shop.command(`/customers/${customerId}/verify`, {});
  await shop.command(
    `/customers/${customerId}/address`,
    { line1: street, postcode: '10115', city: 'Berlin', country: 'DE' },
    { method: 'PUT' },
  );
  await shop.prefer(customerId, email);
};

/** The cart as its customer sees it, once it holds what they put in and everything has a price. */
const quotedCart = (shop: Shop, customerId: string, skus: readonly string[]) =>
  waitFor(
    `the cart of ${customerId} priced`,
    async () => {
      const { status, body } = await shop.get(`/carts/${customerId}`);
      if (status !== 200) return undefined;
      const { lines, total } = Cart.parse(body);
      const priced = lines.filter(({ unitPrice }) => unitPrice !== undefined).map(({ sku }) => sku);
      const complete = skus.every((sku) => priced.includes(sku)) && lines.length === new Set(skus).size;
      return complete ? total : undefined;
    },
    { deadlineMs: 120_000, everyMs: 50, upToMs: 1_000 },
  );

/** Fills the cart and checks it out at the total that was quoted; quoted again where the price has changed meanwhile. */
const buy = async (shop: Shop, journal: DayJournal, customer: Customer, visit: Visit): Promise<string> => {
  const { customerId, street } = customer;
  const path = `/carts/${customerId}`;
  for (const item of visit.items) await shop.command(`${path}/items`, item);
  const wanted = visit.items.map(({ sku }) => sku);
  if (visit.regretted !== undefined && !wanted.includes(visit.regretted)) {
    await shop.command(`${path}/items`, { sku: visit.regretted, quantity: 1 });
    await shop.command(`${path}/items/${visit.regretted}`, {}, { method: 'DELETE' });
  }
  for (;;) {
    const expectedTotal = await quotedCart(shop, customerId, wanted);
    const deliveryAddress = { line1: street, postcode: visit.postcode, city: 'Berlin', country: 'DE' };
    const { paymentMethod } = visit;
    const { status, body } = await shop.post(`${path}/check-out`, {
      deliveryAddress,
      paymentMethod,
      expectedTotal,
    });
    if (status === 202) {
      const { orderId } = CheckedOut.parse(body);
      journal.orders.push({ orderId, customerId, total: expectedTotal.amount });
      return orderId;
    }
    if (!JSON.stringify(body).includes('price-changed'))
      throw new Error(`check-out of ${customerId} answered ${String(status)} ${JSON.stringify(body)}`);
    journal.requoted += 1;
  }
};

const cancel = async (shop: Shop, journal: DayJournal, orderId: string): Promise<void> => {
  const path = `/orders/${orderId}/cancel`;
  // The order is made of the cart a moment after the check-out.
  await waitFor(
    `order ${orderId} cancelled, or too late for it`,
    async () => {
      const { status, body } = await shop.post(path, { reason: 'changed-mind' });
      if (status === 404) return undefined;
      if (status === 202) journal.cancellations.accepted += 1;
      else if (status === 409) journal.cancellations.tooLate += 1;
      else throw new Error(`POST ${path} answered ${String(status)} ${JSON.stringify(body)}`);
      return true;
    },
    { deadlineMs: 120_000, everyMs: 100, upToMs: 2_000 },
  );
};

/** What POST /reviews answers: the sequence is what a moderator decides on. */
const submission = z.object({
  reviewId: z.string(),
  written: z.tuple([z.object({ sequence: z.number() })]),
});

const review = async (
  shop: Shop,
  journal: DayJournal,
  about: { readonly orderId: string; readonly sku: string; readonly stars: number },
): Promise<void> => {
  const text = { title: `${String(about.stars)} stars`, text: 'As described.' };
  // The review context learns of the order's completion by its topic.
  const submitted = await waitFor(
    `a review of ${about.sku} taken`,
    async () => {
      const { status, body } = await shop.post('/reviews', { ...about, ...text });
      if (status === 202) return submission.parse(body);
      const refused = JSON.stringify(body);
      if (status === 409 && refused.includes('review-exists')) return 'exists';
      if (status === 409 && refused.includes('not-verified')) return undefined;
      throw new Error(`POST /reviews answered ${String(status)} ${refused}`);
    },
    { deadlineMs: 120_000, everyMs: 250, upToMs: 2_000 },
  );
  if (submitted === 'exists') return;
  const { reviewId, written } = submitted;
  await shop.command(`/reviews/${reviewId}/moderate`, { decision: 'publish', ...written[0] });
  journal.reviews += 1;
};

/** Each customer does one thing after the other, as people do. */
const spendTheDay = async (shop: Shop, journal: DayJournal, customer: Customer): Promise<void> => {
  await signUp(shop, customer);
  for (const visit of customer.visits) {
    const orderId = await buy(shop, journal, customer, visit);
    if (visit.then === 'cancel') await cancel(shop, journal, orderId);
    const { status } = await shop.final(orderId);
    if (status !== 'confirmed' || visit.then !== 'receive') continue;
    await shop.command(`/deliveries/${orderId}/dispatch`, {});
    await shop.command(`/deliveries/${orderId}/complete`, {});
    const [first] = visit.items;
    if (visit.stars !== undefined && first !== undefined)
      await review(shop, journal, { orderId, sku: first.sku, stars: visit.stars });
  }
};

/** Plays a day through the public API alone. */
export const playDay = async (shop: Shop, plan: DayPlan): Promise<DayJournal> => {
  const journal: DayJournal = {
    orders: [],
    cancellations: { accepted: 0, tooLate: 0 },
    reviews: 0,
    requoted: 0,
  };
  await openDoors(shop, plan);
  await pMap(plan.customers, (customer) => spendTheDay(shop, journal, customer), {
    concurrency: CUSTOMERS_AT_ONCE,
  });
  const [suspended] = plan.sellers;
  if (suspended !== undefined)
    await shop.command(`/sellers/${suspended}/suspend`, { reason: 'late deliveries' });
  for (const { customerId, leaves } of plan.customers)
    if (leaves) await shop.command(`/customers/${customerId}/close`, { reason: 'customer-request' });
  return journal;
};
