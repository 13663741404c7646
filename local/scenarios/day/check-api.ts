import assert from 'node:assert/strict';
import pMap from 'p-map';
import { z } from 'zod';
import { waitFor } from '../../engines/wait-for.ts';
import type { Shop } from '../shop.ts';
import type { Book } from './book-of-day.ts';
import type { DayPlan } from './plan-day.ts';

const QUERIES_AT_ONCE = 8;

const Money = z.object({ amount: z.int(), currency: z.string() });
const Stock = z.looseObject({ onHand: z.int(), reserved: z.int(), sold: z.int() });
const Rating = z.looseObject({ count: z.int(), average: z.number() });
const Page = z.looseObject({
  price: Money,
  stock: z.looseObject({ available: z.int() }),
  rating: z.looseObject({ count: z.int() }).optional(),
});
const Promotion = z.looseObject({ standing: z.int(), limit: z.int() });
const History = z.looseObject({ lifetimeValue: z.array(z.looseObject({ value: z.int() })) });
const Profile = z.looseObject({
  status: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
});
const Sales = z.looseObject({
  totals: z.array(z.looseObject({ net: z.int() })),
  // No seller of a day has more articles than a page: what a second one held would be missing from the sum.
  next: z.undefined().optional(),
});

/** One query of the API and what the book says that it must answer, in the same form. */
interface Expectation {
  readonly path: string;
  readonly read: (body: unknown) => unknown;
  readonly expected: unknown;
}

const roundToHundredths = (value: number): number => Math.round(value * 100) / 100;

const ofArticles = ({ stock, stars }: Book, plan: DayPlan): Expectation[] =>
  plan.articles.flatMap(({ sku }) => {
    const { received = 0, reserved = 0, sold = 0 } = stock.get(sku) ?? {};
    const given = [...(stars.get(sku)?.values() ?? [])];
    const average = roundToHundredths(given.reduce((sum, one) => sum + one, 0) / given.length);
    return [
      {
        path: `/inventory/${sku}`,
        read: (body) => {
          const { onHand, reserved, sold } = Stock.parse(body);
          return { onHand, reserved, sold };
        },
        expected: { onHand: received - sold, reserved, sold },
      },
      {
        path: `/products/${sku}`,
        read: (body) => {
          const { stock, rating } = Page.parse(body);
          return { available: stock.available, reviews: rating?.count ?? 0 };
        },
        expected: { available: received - sold - reserved, reviews: given.length },
      },
      ...(given.length === 0
        ? []
        : [
            {
              path: `/products/${sku}/rating`,
              read: (body: unknown) => {
                const { count, average } = Rating.parse(body);
                return { count, average };
              },
              expected: { count: given.length, average },
            },
          ]),
    ];
  });

const ofPromotions = ({ redemptions, limits }: Book, plan: DayPlan): Expectation[] =>
  plan.promotions.map(({ promotionId }) => ({
    path: `/promotions/${promotionId}`,
    read: (body) => {
      const { standing, limit } = Promotion.parse(body);
      return { standing, limit };
    },
    expected: { standing: redemptions.get(promotionId)?.size ?? 0, limit: limits.get(promotionId) },
  }));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const ofCustomers = ({ orders }: Book, plan: DayPlan): Expectation[] => {
  const byCustomer = Map.groupBy(orders.values(), ({ customerId }) => customerId);
  return plan.customers.flatMap(({ customerId, name, email, leaves }) => [
    {
      path: `/customers/${customerId}/history`,
      read: (body) => sum(History.parse(body).lifetimeValue.map(({ value }) => value)),
      expected: sum((byCustomer.get(customerId) ?? []).map(({ paid }) => paid)),
    },
    {
      path: `/customers/${customerId}`,
      read: (body) => {
        const { status, ...person } = Profile.parse(body);
        return { status, name: person.name, email: person.email };
      },
      expected: leaves ? { status: 'closed', name: null, email: null } : { status: 'validated', name, email },
    },
  ]);
};

/** A seller's sales are what was paid, and not given back, for their articles, over the days that the run touched. */
const ofSellers = (
  { orders, sellerOf }: Book,
  plan: DayPlan,
  days: { from: string; to: string },
): Expectation[] => {
  const net = new Map<string, number>();
  for (const { paid, lines } of orders.values()) {
    if (paid === 0) continue;
    for (const { sku, quantity, unitPrice } of lines) {
      const seller = sellerOf.get(sku) ?? '';
      net.set(seller, (net.get(seller) ?? 0) + quantity * unitPrice.amount);
    }
  }
  return plan.sellers.map((sellerId) => ({
    path: `/sellers/${sellerId}/sales?from=${days.from}&to=${days.to}`,
    read: (body) => sum(Sales.parse(body).totals.map(({ net }) => net)),
    expected: net.get(sellerId) ?? 0,
  }));
};

/**
 * Holds what the API answers at the end of a day against the book. Views follow the topics, so each is waited for.
 * @returns how many answers were compared
 */
export const checkApi = async (
  shop: Shop,
  book: Book,
  plan: DayPlan,
  days: { readonly from: string; readonly to: string },
  deadlineMs: number,
): Promise<number> => {
  const expectations = [
    ...ofArticles(book, plan),
    ...ofPromotions(book, plan),
    ...ofCustomers(book, plan),
    ...ofSellers(book, plan, days),
  ];
  await pMap(
    expectations,
    ({ path, read, expected }) =>
      waitFor(
        `GET ${path} to say what the book says`,
        async () => {
          const { status, body } = await shop.get(path);
          assert.equal(status, 200, `GET ${path}`);
          assert.deepEqual(read(body), expected, `GET ${path}`);
          return true;
        },
        { deadlineMs, everyMs: 250, upToMs: 2_000 },
      ),
    { concurrency: QUERIES_AT_ONCE },
  );
  return expectations.length;
};
