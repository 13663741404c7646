import { describe, expect, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import * as command from './commands.ts';
import { PricePromotionEnded, PricePromotionStarted, PriceScheduled, PriceSet } from './events.ts';
import {
  applySchedules,
  followPromotion,
  price,
  schedulePrice,
  setPrice,
  type PriceState,
  type PromotionStep,
} from './price.ts';

const sku = 'SKU-1';
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const at = (time: string) => `2026-03-01T${time}.000Z`;
const noon = new Date(at('12:00:00'));

const base = (amount: number) => PriceSet.of({ sku, price: eur(amount), basePrice: eur(amount) });
const promoted = (amount: number, of: number, promotionId = 'P-1') =>
  PriceSet.of({ sku, price: eur(amount), basePrice: eur(of), promotionId });
const started = (percent: number, promotionId = 'P-1') =>
  PricePromotionStarted.of({ sku, promotionId, percent });
const ended = (promotionId = 'P-1') => PricePromotionEnded.of({ sku, promotionId });
const scheduled = (scheduleId: string, amount: number, time: string) =>
  PriceScheduled.of({ sku, scheduleId, basePrice: eur(amount), from: at(time) });
const due = (scheduleId: string, amount: number) =>
  PriceSet.of({ sku, price: eur(amount), basePrice: eur(amount), scheduleId });

const set =
  (amount: number, now = noon) =>
  (state: PriceState) =>
    setPrice(sku, state, { price: eur(amount) }, now);
const apply =
  (now = noon) =>
  (state: PriceState) =>
    applySchedules(sku, state, now);

/** A step of a promotion over several SKUs, seen from the only one it is about. */
const follow = (step: PromotionStep) => (state: PriceState) =>
  followPromotion(new Map([[sku, state]]), step).get(sku) ?? [];
const start = (percent: number, promotionId = 'P-1') =>
  follow({ kind: 'start', promotionId, percent, skus: [sku] });
const end = (promotionId = 'P-1') => follow({ kind: 'end', promotionId, skus: [sku] });

describe('SetPrice', () => {
  it('sets a first price, and another one', () => {
    given(price)
      .when(set(500))
      .then([base(500)]);
    given(price, [base(500)])
      .when(set(600))
      .then([base(600)]);
  });

  it('leaves its event also where it costs that already, so that it is known to have run', () => {
    given(price, [base(500)])
      .when(set(500))
      .then([base(500)]);
    given(price, [base(500), started(10), promoted(450, 500)])
      .when(set(500))
      .then([promoted(450, 500)]);
  });

  it('tells another currency from the same amount', () => {
    const usd = { amount: 500, currency: 'USD' };
    given(price, [base(500)])
      .when((state) => setPrice(sku, state, { price: usd }, noon))
      .then([PriceSet.of({ sku, price: usd, basePrice: usd })]);
  });

  it('keeps the promotions that are on, those from before the first price too', () => {
    given(price, [started(10)])
      .when(set(500))
      .then([promoted(450, 500)]);
    given(price, [base(500), started(10), promoted(450, 500)])
      .when(set(600))
      .then([promoted(540, 600)]);
  });

  it('lets a schedule that is due take effect before, so that it cannot undo what was set after it', () => {
    given(price, [base(500), scheduled('S-1', 400, '11:59:59')])
      .when(set(500))
      .then([due('S-1', 400), base(500)]);
    given(price, [base(500), scheduled('S-1', 400, '11:59:59')])
      .when(set(400))
      .then([due('S-1', 400), base(400)]);
  });

  it('leaves a schedule that is ahead for its time', () => {
    given(price, [base(500), scheduled('S-1', 400, '12:00:01'), base(600)])
      .when(apply(new Date(at('12:00:01'))))
      .then([due('S-1', 400)]);
  });
});

describe('SchedulePrice', () => {
  const schedule =
    (from: string, scheduleId = 'S-1') =>
    (state: PriceState) =>
      schedulePrice(sku, state, { scheduleId, price: eur(400), from }, noon);

  it('notes a price for later, also for a SKU that has none yet', () => {
    given(price)
      .when(schedule(at('12:00:01')))
      .then([scheduled('S-1', 400, '12:00:01')]);
  });

  it.each([
    [at('12:00:00'), 'schedule-past'],
    [at('11:59:59'), 'schedule-past'],
    ['2027-04-06T00:00:00.000Z', 'schedule-too-far'],
  ])('refuses %s: %s', (from, code) => {
    given(price).when(schedule(from)).thenRefused(code);
  });

  it('refuses a hundred and first that waits', () => {
    const waiting = Array.from({ length: 100 }, (_, n) => scheduled(`S-${n}`, 400, '13:00:00'));
    given(price, waiting)
      .when(schedule(at('12:00:01'), 'S-100'))
      .thenRefused('schedules-full');
    given(price, [...waiting, due('S-7', 400)])
      .when(schedule(at('12:00:01'), 'S-100'))
      .then([scheduled('S-100', 400, '12:00:01')]);
  });
});

describe('a schedule', () => {
  it('takes effect at its instant and not before', () => {
    given(price, [base(500), scheduled('S-1', 400, '12:00:01')])
      .when(apply())
      .then([]);
    given(price, [base(500), scheduled('S-1', 400, '12:00:00')])
      .when(apply())
      .then([due('S-1', 400)]);
  });

  it('takes effect once, also where it changed nothing', () => {
    given(price, [base(500), scheduled('S-1', 500, '12:00:00')])
      .when(apply())
      .then([due('S-1', 500)]);
    given(price, [base(500), scheduled('S-1', 500, '12:00:00'), due('S-1', 500), base(600)])
      .when(apply())
      .then([]);
  });

  it('takes effect in its turn, whichever was made first', () => {
    given(price, [scheduled('S-1', 300, '11:59:59'), scheduled('S-2', 200, '11:59:58')])
      .when(apply())
      .then([due('S-2', 200), due('S-1', 300)]);
  });

  it('is the base price that the promotions come off', () => {
    given(price, [base(500), started(10), promoted(450, 500), scheduled('S-1', 400, '12:00:00')])
      .when(apply())
      .then([
        PriceSet.of({
          sku,
          price: eur(360),
          basePrice: eur(400),
          promotionId: 'P-1',
          scheduleId: 'S-1',
        }),
      ]);
  });
});

describe('a promotion', () => {
  it('lowers the price while it is on', () => {
    given(price, [base(500)])
      .when(start(10))
      .then([started(10), promoted(450, 500)]);
    given(price, [base(500), started(10), promoted(450, 500)])
      .when(end())
      .then([ended(), base(500)]);
  });

  it('is only remembered for a SKU without a price', () => {
    given(price)
      .when(start(10))
      .then([started(10)]);
    given(price, [started(10), ended()])
      .when(set(500))
      .then([base(500)]);
  });

  it('changes no price while a larger one is on, and makes it when that ends', () => {
    const history = [base(500), started(30), promoted(350, 500)];
    given(price, history)
      .when(start(10, 'P-2'))
      .then([started(10, 'P-2')]);
    given(price, [...history, started(10, 'P-2')])
      .when(end())
      .then([ended(), promoted(450, 500, 'P-2')]);
  });

  it('hands its place to an equal one, which is named from then on', () => {
    given(price, [base(500), started(10), promoted(450, 500), started(10, 'P-2')])
      .when(end())
      .then([ended(), promoted(450, 500, 'P-2')]);
  });

  it('starts once and ends once', () => {
    given(price, [base(500), started(10), promoted(450, 500)])
      .when(start(10))
      .then([]);
    given(price, [base(500), started(10), promoted(450, 500), ended(), base(500)])
      .when(end())
      .then([]);
  });

  it('does not start after its end, seen or not', () => {
    given(price, [base(500), started(10), promoted(450, 500), ended(), base(500)])
      .when(start(10))
      .then([]);
    given(price, [base(500)])
      .when(end())
      .then([ended()]);
    given(price, [base(500), ended()])
      .when(start(10))
      .then([]);
  });
});

describe('the commands', () => {
  const money = eur(400);

  it('take an instant with any offset, and keep it in UTC', () => {
    const read = (from: string) => command.schedulePrice.parse({ price: money, from }).from;
    expect(read('2026-03-01T14:00:00+02:00')).toBe(at('12:00:00'));
    expect(read('2026-03-01T12:00:00.0001Z')).toBe(at('12:00:00'));
  });

  it.each([
    ['a day', '2026-03-01'],
    ['an instant of nowhere', '2026-03-01T12:00:00'],
    ['a day that is not', '2026-02-30T12:00:00Z'],
  ])('do not take %s for an instant', (_, from) => {
    expect(command.schedulePrice.safeParse({ price: money, from }).success).toBe(false);
  });

  it.each([
    ['a fraction', { amount: 0.5, currency: 'EUR' }],
    ['less than nothing', { amount: -1, currency: 'EUR' }],
    ['a field that nobody knows', { ...money, tax: 1 }],
  ])('do not take %s for a price', (_, wrong) => {
    expect(command.setPrice.safeParse({ price: wrong }).success).toBe(false);
  });
});
