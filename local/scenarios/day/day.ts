import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { contexts, topicOf } from '../../../shared/define/topics.ts';
import { waitFor } from '../../engines/wait-for.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import type { Shop } from '../shop.ts';
import { topicRecords } from '../topic-records.ts';
import { bookOfDay } from './book-of-day.ts';
import { checkApi } from './check-api.ts';
import { checkBook } from './check-book.ts';
import { planDay, type DayPlan } from './plan-day.ts';
import { playDay, type DayJournal } from './play-day.ts';

const MAX_NAMED = 10;

const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

/** Everything on the thirteen topics, by context, as text, and the events of this day as envelopes. */
const readTopics = async ({ brokers }: Endpoints, plan: DayPlan) => {
  const read = await Promise.all(
    contexts.map(async (context) => {
      const values = (await topicRecords(brokers, topicOf(context))).map(({ value }) => value);
      // Every event of a day names somebody or something of its plan.
      const ofTheDay = values.filter((value) => value.includes(plan.mark));
      return { context, values, events: ofTheDay.map((value) => JSON.parse(value) as EventEnvelope) };
    }),
  );
  return read;
};

type Topics = Awaited<ReturnType<typeof readTopics>>;

/** No record anywhere says who a customer is in clear (ADR 16). */
const personalDataIn = (topics: Topics, plan: DayPlan): string[] => {
  const text = topics.flatMap(({ values }) => values).join('\n');
  return plan.customers.flatMap(({ customerId, name, email, street }) =>
    [name, email, street]
      .filter((fact) => text.includes(fact))
      .map((fact) => `"${fact}" of ${customerId} stands on a topic`),
  );
};

const countsOf = (topics: Topics): string =>
  topics
    .map(({ context, events }) => `${context} ${String(new Set(events.map(({ eventId }) => eventId)).size)}`)
    .join(', ');

const named = (deviations: readonly string[]): string =>
  [
    ...deviations.slice(0, MAX_NAMED),
    ...(deviations.length > MAX_NAMED ? [`and ${String(deviations.length - MAX_NAMED)} more`] : []),
  ].join('\n    ');

/** What the topics say once every order of the day has ended and every sale, redemption and review has followed. */
const settledBook = (endpoints: Endpoints, plan: DayPlan, journal: DayJournal, deadlineMs: number) =>
  waitFor(
    'the books of the day to close',
    async () => {
      const topics = await readTopics(endpoints, plan);
      const book = bookOfDay(topics.flatMap(({ events }) => events));
      for (const { orderId, total } of journal.orders) {
        const checkOut = book.checkOuts.get(orderId);
        assert.equal(checkOut?.total, total, `the check-out of ${orderId} at the total that was quoted`);
      }
      const deviations = checkBook(book);
      assert.ok(deviations.length === 0, named(deviations));
      return { topics, book };
    },
    { deadlineMs, everyMs: 1_000, upToMs: 5_000 },
  );

/**
 * A day at the shop, through the public API alone, held against a book that is kept from the raw topics by itself.
 * @param customers how many come, each with five carts
 * @returns one line on what came of it; throws with each deviation named
 */
export const day = async (
  shop: Shop,
  endpoints: Endpoints,
  deadlineMs: number,
  customers: number,
): Promise<string> => {
  const from = isoDay(new Date());
  const plan = planDay(randomUUID().slice(0, 6), customers);
  const journal = await playDay(shop, plan);
  const { topics, book } = await settledBook(endpoints, plan, journal, deadlineMs);
  const personal = personalDataIn(topics, plan);
  assert.ok(personal.length === 0, named(personal));
  const answers = await checkApi(shop, book, plan, { from, to: isoDay(new Date()) }, deadlineMs);
  const { accepted, tooLate } = journal.cancellations;
  return [
    `${String(plan.customers.length)} customers, ${String(journal.orders.length)} orders`,
    `${String(accepted)} cancelled by their customers (${String(tooLate)} too late), ${String(journal.reviews)} reviews`,
    `${String(journal.requoted)} quoted again, ${String(book.closed.size)} customers forgotten`,
    `${String(answers)} answers of the API as the book says`,
    `events: ${countsOf(topics)}`,
  ].join('; ');
};
