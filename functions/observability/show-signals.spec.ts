import { describe, expect, it } from 'vitest';
import { pageOf, showSignal } from './show-signals.ts';
import { signals } from './signals.ts';

const named = (name: string) => {
  const signal = signals.find((each) => each.name === name);
  if (!signal) throw new Error(`${name} is not watched`);
  return signal;
};

describe('a signal, shown', () => {
  it.each([
    ['orders.cancelled', { kind: 'anomaly', event: 'OrderCancelledEvent', floor: 5, deviations: 3 }],
    ['orders.completeness', { kind: 'quality', context: 'order', allowed: 10_000 }],
    [
      'orders.confirmed',
      { kind: 'budget', good: 'OrderConfirmedEvent', bad: 'OrderCancelledEvent', objective: 900_000 },
    ],
  ])('%s says what it watches, also where nothing was ever found', (name, watches) => {
    expect(showSignal(named(name), undefined)).toEqual({ signal: name, watches });
  });

  it('says what was found last', () => {
    const found = {
      signal: 'orders.confirmed',
      budget: { minute: '2026-03-01T12:00:00.000Z', objective: 900_000, remaining: 0 },
      updatedAt: '2026-03-01T12:01:30.000Z',
    };
    expect(showSignal(named('orders.confirmed'), found)).toMatchObject(found);
  });
});

it('signals come page by page, each once', () => {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const { page, next } = pageOf(signals, { limit: 7, after });
    names.push(...page.map(({ name }) => name));
    after = next;
  } while (after !== undefined);
  expect(names).toEqual(signals.map(({ name }) => name));
});
