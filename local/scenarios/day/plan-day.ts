import type { Money } from '../../../shared/define/money.ts';

/** What a day is made of. The same in every run, so that two runs can be compared. */
export interface DayPlan {
  /** A text that every id of this day contains, and no other. */
  readonly mark: string;
  readonly sellers: readonly string[];
  readonly articles: readonly Article[];
  readonly promotions: readonly Promotion[];
  readonly customers: readonly Customer[];
}

export interface Article {
  readonly sku: string;
  readonly category: string;
  readonly sellerId: string;
  readonly name: string;
  readonly price: Money;
  readonly stock: number;
}

export interface Promotion {
  readonly promotionId: string;
  readonly skus: readonly string[];
  readonly percent: number;
  readonly limit: number;
}

export interface Customer {
  readonly customerId: string;
  readonly name: string;
  readonly email: string;
  readonly street: string;
  readonly visits: readonly Visit[];
  /** Asks to be forgotten at the end of the day. */
  readonly leaves: boolean;
}

/** One filling of the cart, checked out. */
export interface Visit {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  /** Put into the cart, and out again before it is checked out. */
  readonly regretted: string | undefined;
  readonly paymentMethod: string;
  readonly postcode: string;
  /** What becomes of the order, if it is confirmed: it stays on its way, arrives, or is cancelled right away. */
  readonly then: 'wait' | 'receive' | 'cancel';
  /** What the customer says of the first article when it has arrived. */
  readonly stars: number | undefined;
}

const VISITS = 5;
const SELLERS = 8;
const ARTICLES = 60;
const PROMOTIONS = 4;
const ARTICLES_PER_PROMOTION = 5;
const CATEGORIES = ['tea', 'coffee', 'books', 'garden'];

/** Every n-th has it, beginning somewhere: plain enough to be checked by hand. */
const every = (n: number, index: number, from = 0): boolean => index % n === from;

const article = (run: string, n: number, sellers: readonly string[]): Article => ({
  sku: `day-${run}-${String(n)}`,
  category: CATEGORIES[n % CATEGORIES.length] ?? '',
  sellerId: sellers[n % sellers.length] ?? '',
  name: `Article ${String(n)} of ${CATEGORIES[n % CATEGORIES.length] ?? ''}`,
  price: { amount: 250 + ((n * 37) % 4_000), currency: 'EUR' },
  // A few are scarce, so that somebody comes too late.
  stock: every(10, n) ? 12 : 500,
});

const visit = (n: number, skus: readonly string[]): Visit => {
  const skuAt = (step: number): string => skus[(n * 7 + step) % skus.length] ?? '';
  return {
    items: Array.from({ length: 1 + (n % 3) }, (_, i) => ({
      sku: skuAt(i * 11),
      quantity: 1 + ((n + i) % 2),
    })),
    regretted: every(6, n) ? skuAt(5) : undefined,
    paymentMethod: every(19, n, 3) ? 'card-declined' : 'card-ok',
    postcode: every(41, n, 7) ? 'REFUSE' : '10115',
    then: every(17, n, 1) ? 'cancel' : every(2, n) ? 'receive' : 'wait',
    stars: every(4, n) ? 1 + (n % 5) : undefined,
  };
};

/**
 * Plans a day at the shop: customers with five carts each, 60 articles of eight sellers, four promotions of which one is
 * soon used up.
 * @param run makes the ids of this day its own: lower-case letters and digits
 * @param customers how many come
 */
export const planDay = (run: string, customers: number): DayPlan => {
  const sellers = Array.from({ length: SELLERS }, (_, n) => `seller-${run}-${String(n)}`);
  const articles = Array.from({ length: ARTICLES }, (_, n) => article(run, n, sellers));
  const skus = articles.map(({ sku }) => sku);
  return {
    mark: `-${run}-`,
    sellers,
    articles,
    promotions: Array.from({ length: PROMOTIONS }, (_, n) => ({
      promotionId: `promo-${run}-${String(n)}`,
      skus: skus.slice(n * ARTICLES_PER_PROMOTION, (n + 1) * ARTICLES_PER_PROMOTION),
      percent: 10 + 5 * n,
      limit: n === 0 ? 10 : 1_000,
    })),
    customers: Array.from({ length: customers }, (_, c) => ({
      customerId: `c-${run}-${String(c)}`,
      name: `Customer ${String(c)} of ${run}`,
      email: `c${String(c)}.${run}@example.test`,
      street: `Lindenallee ${String(c + 1)}, ${run}`,
      visits: Array.from({ length: VISITS }, (_, v) => visit(c * VISITS + v, skus)),
      leaves: every(20, c, 5),
    })),
  };
};
