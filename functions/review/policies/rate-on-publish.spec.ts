import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reacting } from '../../../shared/consume/policy.ts';
import { fold } from '../../../shared/decide/aggregate.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import { envelopeOf, fixedClock, testEventId } from '../../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { review, reviewId, ReviewPublished, ReviewSubmitted } from '../events.ts';
import { rateProduct, rating } from '../rating.ts';
import { rateOnPublish } from './rate-on-publish.ts';

const sku = 'SKU-1';
const of = (customer: string, stars: number) => ({ sku, reviewId: reviewId(sku, customer), stars });

describe('rate-on-publish', () => {
  const published = (customer: string, stars: number) =>
    deliveryOf(
      review,
      envelopeOf(ReviewPublished.of({ sku, customerId: customer, stars }), {
        aggregateId: reviewId(sku, customer),
        sequence: 2,
      }),
    );

  it('asks for a published review to be counted, and for nothing else', () => {
    expect(rateOnPublish.react(published('ada', 4).event)).toStrictEqual(of('ada', 4));
    const words = sealedForTest('Sturdy');
    const orderId = 'ada.00000000-0000-8000-8000-000000000001';
    const submitted = ReviewSubmitted.of({ sku, customerId: 'ada', orderId, stars: 4, words });
    expect(rateOnPublish.react(envelopeOf(submitted))).toBeUndefined();
  });

  it('makes a rating that agrees with the reviews, whatever the order, repeats and races', async () => {
    const stars = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
    const course = stars.chain((given) =>
      fc.record({
        given: fc.constant(given),
        batches: fc.array(fc.array(fc.nat(given.length - 1), { maxLength: 6 }), { maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(course, async ({ given, batches }) => {
        const store = memoryEventStore();
        const run = commandHandler(store, fixedClock());
        // Without turns: the writers of one batch race for the rating, and those who lose decide again.
        const consumer = reacting(rateOnPublish, (rated, context) =>
          run.execute(rating, rated.sku, context, (state) => rateProduct(state, rated)),
        );
        const deliver = async (numbers: readonly number[]) => {
          const verdicts = await consumer.process(numbers.map((n) => published(`c-${n}`, given[n] ?? 1)));
          expect(verdicts.every(({ kind }) => kind === 'applied')).toBe(true);
        };
        for (const batch of batches) await deliver(batch);
        await deliver(given.map((_, n) => n));
        const events = (await store.load(rating.definition, sku)).flatMap(({ events }) => events);
        expect(events).toHaveLength(given.length);
        expect(fold(rating, events)).toMatchObject({
          count: given.length,
          sum: given.reduce((sum, stars) => sum + stars, 0),
          distribution: [1, 2, 3, 4, 5].map((n) => given.filter((stars) => stars === n).length),
        });
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('counts a republished review once, though its second publication is another event', async () => {
    const store = memoryEventStore();
    const run = commandHandler(store, fixedClock());
    const consumer = reacting(rateOnPublish, (rated, context) =>
      run.execute(rating, rated.sku, context, (state) => rateProduct(state, rated)),
    );
    const once = published('ada', 4);
    const again = { ...once, event: { ...once.event, sequence: 5, eventId: testEventId('published again') } };
    await consumer.process([once, again]);
    expect(await run.state(rating, sku)).toMatchObject({ count: 1, sum: 4 });
  });
});
