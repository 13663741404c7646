import { beforeEach, describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { envelopeOf, fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { OrderCancelled, OrderConfirmed } from '../order/events.ts';
import { signal as definition } from './events.ts';
import { windows } from './projections/windows.ts';
import { readMinutes, type ReadMinutes } from './read-minutes.ts';
import { signals } from './signals.ts';
import { lastClosed, watchSignals } from './watch-signals.ts';

const at = (minute: number, second = 0): Date => new Date(Date.UTC(2026, 2, 1, 12, minute, second));
const traceId = '0af7651916cd43dd8448eb211c80319c';
const total = { amount: 100, currency: 'EUR' };
const confirmed = OrderConfirmed.of({ customerId: 'ada', total });
const cancelled = OrderCancelled.of({ customerId: 'ada', reason: 'changed my mind', lines: [] });

let store: ReturnType<typeof memoryEventStore>;
let views: ReturnType<typeof memoryProjectionStore>;
let minutes: ReadMinutes;
let orders = 0;

beforeEach(() => {
  store = memoryEventStore();
  views = memoryProjectionStore();
  minutes = readMinutes(views);
});

/** So many orders end like that, in a minute; without a user where it says so. */
const happen = async (event: NewEvent, times: number, when: Date, userId?: string): Promise<void> => {
  const deliveries = Array.from({ length: times }, () => {
    const aggregateId = `ada.${(orders += 1)}`;
    const occurredOn = when.toISOString();
    return {
      key: 'ada',
      event: envelopeOf(event, { aggregateId, occurredOn, metadata: userId ? { userId } : {} }),
    };
  });
  await projecting(windows, views).process(deliveries);
};
/** Watches one signal, or all. */
const watch = (name: string | undefined, now: Date, lookBack = 5): Promise<number> => {
  const watched = signals.filter((signal) => name === undefined || signal.name === name);
  const means = { commands: commandHandler(store, fixedClock()), minutes, signals: watched };
  return watchSignals(means)(now, { lookBack, traceId });
};
const found = (name: string): Promise<readonly EventEnvelope[]> => store.readFrom(definition, name, '');
const payloads = async (name: string): Promise<unknown[]> =>
  (await found(name)).map(({ payload }) => payload);

describe('the watcher', () => {
  it('looks at minutes that ended half a minute ago', () => {
    expect(lastClosed(at(5, 29))).toBe(at(3).toISOString());
    expect(lastClosed(at(5, 30))).toBe(at(4).toISOString());
  });

  it('finds nothing where nothing is odd', async () => {
    await happen(confirmed, 200, at(1), 'ada');
    await happen(cancelled, 1, at(1), 'ada');
    expect(await watch(undefined, at(2, 30))).toBe(0);
  });

  it('reports an anomaly, once however many runs see it', async () => {
    for (let minute = -30; minute < 0; minute += 1) await happen(cancelled, 4, at(minute), 'ada');
    await happen(cancelled, 8, at(0), 'ada');
    expect(await watch('orders.cancelled', at(1, 29))).toBe(0);
    expect(await watch('orders.cancelled', at(1, 30))).toBe(1);
    expect(await payloads('orders.cancelled')).toEqual([
      { signal: 'orders.cancelled', minute: at(0).toISOString(), observed: 8, usual: 4, threshold: 5 },
    ]);
    // A late event makes another count of it; the minute has been spoken of.
    await happen(cancelled, 1, at(0), 'ada');
    for (let minute = 2; minute <= 5; minute += 1)
      expect(await watch('orders.cancelled', at(minute, 30))).toBe(0);
    const [event] = await found('orders.cancelled');
    expect(event?.metadata).toMatchObject({
      causationId: `observability.evaluate#orders.cancelled#${at(0).toISOString()}`,
      traceId,
    });
  });

  it('reports events that do not say on whose behalf they happened', async () => {
    await happen(confirmed, 98, at(0), 'ada');
    await happen(confirmed, 2, at(0));
    expect(await watch('orders.completeness', at(1, 30))).toBe(1);
    expect(await payloads('orders.completeness')).toEqual([
      {
        signal: 'orders.completeness',
        minute: at(0).toISOString(),
        failing: 20_000,
        allowed: 10_000,
        events: 100,
      },
    ]);
  });

  it('follows an error budget down and, an hour later, up again', async () => {
    await happen(confirmed, 96, at(0), 'ada');
    await happen(cancelled, 4, at(0), 'ada');
    expect(await watch('orders.confirmed', at(1, 30))).toBe(1);
    expect(await watch('orders.confirmed', at(2, 30))).toBe(0);
    await happen(cancelled, 5, at(2), 'ada');
    expect(await watch('orders.confirmed', at(3, 30))).toBe(1);
    expect(await watch('orders.confirmed', at(59, 30))).toBe(0);
    expect(await watch('orders.confirmed', at(61, 30))).toBe(1);
    const budget = (minute: number, remaining: number) => ({
      signal: 'orders.confirmed',
      minute: at(minute).toISOString(),
      objective: 900_000,
      remaining,
    });
    expect(await payloads('orders.confirmed')).toEqual([
      budget(0, 600_000),
      budget(2, 142_857),
      // What is left of the hour are the five, and nothing that went well.
      budget(60, 0),
    ]);
  });

  it('catches up with the minutes that it missed, the oldest first', async () => {
    for (const minute of [0, 2]) await happen(cancelled, 6, at(minute), 'ada');
    expect(await watch('orders.cancelled', at(4, 30))).toBe(2);
    expect(await payloads('orders.cancelled')).toMatchObject([
      { minute: at(0).toISOString() },
      { minute: at(2).toISOString(), usual: 0 },
    ]);
    await happen(cancelled, 20, at(10), 'ada');
    expect(await watch('orders.cancelled', at(30, 30))).toBe(0);
    expect(await watch('orders.cancelled', at(30, 30), 25)).toBe(1);
  });
});
