import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { moderateReview as moderateReviewSchema, submitReview as submitReviewSchema } from './commands.ts';
import { productOf, reviewId, ReviewPublished, ReviewRejected, ReviewSubmitted } from './events.ts';
import type { Purchase } from './projections/purchases.ts';
import { moderateReview, review, submitReview } from './review.ts';
import { showReview } from './show-review.ts';

const sku = 'SKU-1';
const customerId = 'C-1';
const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const purchase: Purchase = { orderId, customerId, status: 'completed', skus: ['SKU-0', sku] };
const words = sealedForTest('Holds <b>me</b> & my cat.');
const command = { orderId, sku, stars: 4, words };

const submitted = ReviewSubmitted.of({ sku, customerId, orderId, stars: 4, words });
const published = ReviewPublished.of({ sku, customerId, stars: 4 });
const reason = 'names another customer';
const rejected = ReviewRejected.of({ sku, customerId, reason });
const publish = { decision: 'publish', sequence: 1 } as const;
const reject = { decision: 'reject', sequence: 1, reason } as const;

describe('submitting a review', () => {
  it('waits for a moderator, with its words sealed', () => {
    given(review)
      .when((state) => submitReview(state, purchase, command))
      .then([submitted]);
  });

  it.each<[string, Purchase | undefined]>([
    ['no order is known', undefined],
    ['the order has not arrived yet', { ...purchase, status: 'open' }],
    ['the order was cancelled', { ...purchase, status: 'cancelled' }],
    ['the order has other products', { ...purchase, skus: ['SKU-0'] }],
  ])('is not verified where %s', (_, known) => {
    given(review)
      .when((state) => submitReview(state, known, command))
      .thenRefused('not-verified');
  });

  it.each([
    ['waits for a moderator', [submitted]],
    ['is published', [submitted, published]],
  ])('is refused while one of the customer %s', (_, history) => {
    given(review, history)
      .when((state) => submitReview(state, purchase, command))
      .thenRefused('review-exists');
  });

  it('is open again after a rejection', () => {
    given(review, [submitted, rejected])
      .when((state) => submitReview(state, purchase, command))
      .then([submitted]);
  });
});

describe('moderating a review', () => {
  it('publishes or rejects it', () => {
    given(review, [submitted])
      .when((state) => moderateReview(state, publish))
      .then([published]);
    given(review, [submitted])
      .when((state) => moderateReview(state, reject))
      .then([rejected]);
  });

  it('decides on the words that the moderator has read, and on no others', () => {
    const again = ReviewSubmitted.of({ sku, customerId, orderId, stars: 2, words: sealedForTest('abuse') });
    const anew = given(review, [submitted, rejected, again]);
    anew.when((state) => moderateReview(state, publish)).thenRefused('review-changed');
    anew.when((state) => moderateReview(state, reject)).thenRefused('review-changed');
    anew
      .when((state) => moderateReview(state, { ...publish, sequence: 3 }))
      .then([ReviewPublished.of({ sku, customerId, stars: 2 })]);
  });

  it('stands: the same again changes nothing, and another decision is refused', () => {
    const yes = given(review, [submitted, published]);
    yes.when((state) => moderateReview(state, publish)).then([]);
    yes.when((state) => moderateReview(state, reject)).thenRefused('review-state');
    const no = given(review, [submitted, rejected]);
    no.when((state) => moderateReview(state, reject)).then([]);
    no.when((state) => moderateReview(state, publish)).thenRefused('review-state');
  });

  it('needs a review', () => {
    given(review)
      .when((state) => moderateReview(state, publish))
      .thenRefused('review-unknown');
  });
});

it('is published at most once, whatever is submitted and decided', () => {
  const step = fc.constantFrom('submit', 'publish', 'reject');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (course) => {
      const history: NewEvent[] = [];
      for (const kind of course) {
        const state = fold(review, envelopesOf(reviewId(sku, customerId), history));
        const sequence = state.status === 'none' ? 1 : state.submission;
        try {
          history.push(
            ...(kind === 'submit'
              ? submitReview(state, purchase, command)
              : moderateReview(state, { ...(kind === 'publish' ? publish : reject), sequence })),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(BusinessError);
        }
      }
      const publications = history.flatMap(({ definition }, at) =>
        definition === ReviewPublished ? [at] : [],
      );
      expect(publications.length).toBeLessThanOrEqual(1);
      // Nothing comes after it.
      for (const at of publications) expect(at).toBe(history.length - 1);
    }),
  );
});

describe('what the commands take', () => {
  it('bounds every field', () => {
    const body = { orderId, sku, stars: 4, title: 'Sturdy', text: 'Holds <b>me</b> & my cat.' };
    const takes = (change: object) => submitReviewSchema.safeParse({ ...body, ...change }).success;
    expect(takes({})).toBe(true);
    expect(takes({ text: '' })).toBe(true);
    for (const change of [
      { stars: 0 },
      { stars: 6 },
      { stars: 4.5 },
      { title: ' ' },
      { title: 'x'.repeat(121) },
      { text: 'x'.repeat(4_001) },
      { text: '\u{1fa91}'.repeat(1_500) },
      { text: 'x\n'.repeat(1_950) },
      { orderId: 'C-1' },
      { sku: 'a/b' },
      { customerId },
    ]) {
      expect(takes(change), JSON.stringify(change).slice(0, 60)).toBe(false);
    }
  });

  it('asks whoever rejects for a reason, and nobody else', () => {
    const takes = (body: object) => moderateReviewSchema.safeParse(body).success;
    expect([takes(publish), takes(reject)]).toEqual([true, true]);
    expect([
      takes({ decision: 'reject' }),
      takes({ ...publish, reason }),
      takes({ decision: 'hide' }),
    ]).toEqual([false, false, false]);
  });
});

describe('the words of a review', () => {
  const shown = {
    reviewId: reviewId(sku, customerId),
    sku,
    customerId,
    status: 'published' as const,
    stars: 4,
    submittedAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.001Z',
    sequence: 2,
  };

  it('come back as the customer wrote them, markup and all, however many may be sealed', async () => {
    const vault = memoryVault();
    for (const text of ['Holds <b>me</b> & my cat.', 'x'.repeat(4_000), '椅'.repeat(1_800)]) {
      const given = { title: 'A <b>chair</b>', text };
      expect(submitReviewSchema.safeParse({ orderId, sku, stars: 4, ...given }).success).toBe(true);
      const sealed = await vault.seal(customerId, given);
      expect(await showReview(vault, { ...shown, words: sealed })).toStrictEqual({ ...shown, ...given });
    }
  });

  it('are gone with the customer; the stars stay', async () => {
    const vault = memoryVault();
    const sealed = await vault.seal(customerId, { title: 'I, Ada', text: '' });
    await vault.destroy(customerId);
    expect(await showReview(vault, { ...shown, words: sealed })).toStrictEqual({
      ...shown,
      title: null,
      text: null,
    });
  });
});

it('has an id that names the product and the customer', () => {
  expect(reviewId(sku, customerId)).toBe('SKU-1.C-1');
  expect(productOf('SKU-1.C-1')).toBe(sku);
});
