import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { InventoryReleased, InventoryReservationRejected, InventoryReserved } from './events.ts';
import { reserveInventory } from './reserve-inventory.ts';
import { availableOf, receiveStock, releaseInventory, skusOf, stock } from './stock.ts';

const orderOf = (n: number) => `C-1.00000000-0000-8000-8000-00000000000${n}`;
const world = (scheduler?: fc.Scheduler) => {
  const step = <T>(label: string, value: T): Promise<T> =>
    scheduler ? scheduler.schedule(Promise.resolve(value), label) : Promise.resolve(value);
  const store = memoryEventStore();
  const calm = commandHandler(store, fixedClock());
  const run = commandHandler(
    {
      ...store,
      load: async (...of) => step('loaded', await store.load(...of)),
      append: async (commits) => {
        await step('append', undefined);
        await store.append(commits);
      },
    },
    fixedClock(),
  );
  const order = (n: number, quantity: number, skus: readonly string[]) => ({
    orderId: orderOf(n),
    lines: skus.map((sku) => ({ sku, quantity })),
  });
  return {
    receive: (sku: string, quantity: number) =>
      calm.execute(stock, sku, commandContext(`receive ${sku}`), () => receiveStock(sku, { quantity })),
    reserve: (n: number, quantity: number, ...skus: string[]) =>
      reserveInventory(run)(order(n, quantity, skus), commandContext(`${orderOf(n)}#ReserveInventory`)),
    /** `by` names who releases: the saga, or the policy on the order's cancellation. */
    release: (by: string, n: number, quantity: number, ...skus: string[]) => {
      const lines = order(n, quantity, skus);
      return run.executeAll(stock, skusOf(lines), commandContext(`${by} ${n}`), (stocks) =>
        releaseInventory(stocks, { ...lines, reason: 'cancelled' }),
      );
    },
    state: (sku: string) => calm.state(stock, sku),
    /** The orders that hold some of a SKU, by its events. */
    holders: async (sku: string) => {
      const held = new Set<string>();
      for (const event of (await store.load(stock.definition, sku)).flatMap(({ events }) => events)) {
        if (InventoryReserved.is(event)) held.add(event.payload.orderId);
        if (InventoryReleased.is(event)) held.delete(event.payload.orderId);
      }
      return held;
    },
  };
};

describe('ReserveInventory as a saga step', () => {
  it('answers the same when it is repeated', async () => {
    const w = world();
    await w.receive('A', 10);
    const reserved = { outcome: 'reserved', event: InventoryReserved.type };
    expect(await w.reserve(1, 2, 'A')).toStrictEqual(reserved);
    expect(await w.reserve(1, 2, 'A')).toStrictEqual(reserved);
    expect((await w.state('A')).reserved).toBe(2);
  });

  it('rejects the whole order when one SKU is short, and says which, also when it is repeated', async () => {
    const w = world();
    await w.receive('A', 10);
    const rejected = {
      outcome: 'rejected',
      event: InventoryReservationRejected.type,
      reason: 'out of stock: B (2 wanted, 0 available)',
    };
    expect(await w.reserve(1, 2, 'A', 'B')).toStrictEqual(rejected);
    await w.receive('B', 10);
    expect(await w.reserve(1, 2, 'A', 'B')).toStrictEqual(rejected);
    expect((await w.state('A')).reserved).toBe(0);
    expect((await w.state('B')).reserved).toBe(0);
  });

  it('is refused after its release, whether it had reserved before or not', async () => {
    const w = world();
    await w.receive('A', 10);
    await w.reserve(1, 2, 'A');
    await w.release('saga', 1, 2, 'A');
    await w.release('saga', 2, 2, 'A');
    await expect(w.reserve(1, 2, 'A')).rejects.toMatchObject({ code: 'reservation-released' });
    await expect(w.reserve(2, 2, 'A')).rejects.toMatchObject({ code: 'reservation-released' });
    expect(availableOf(await w.state('A'))).toBe(10);
  });
});

const attempt = fc.record({
  kind: fc.constantFrom('reserve' as const, 'reserve' as const, 'release' as const),
  order: fc.integer({ min: 0, max: 3 }),
  by: fc.constantFrom('saga', 'policy'),
});

const skus = ['A', 'B', 'C'];
/** Four orders of two pieces each, which overlap on three SKUs of four pieces each. */
const wants = [['A', 'B'], ['B', 'C'], ['C', 'A'], skus];

describe('however attempts race', () => {
  it(
    'nothing is oversold, orders hold all or nothing, and released ones nothing',
    { timeout: 30_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(attempt, { minLength: 1, maxLength: 8 }),
          async (scheduler, course) => {
            const w = world(scheduler);
            for (const sku of skus) await w.receive(sku, 4);
            const started = course.map(({ kind, order, by }): Promise<unknown> => {
              const wanted = wants[order] ?? [];
              return kind === 'reserve' ? w.reserve(order, 2, ...wanted) : w.release(by, order, 2, ...wanted);
            });
            for (const end of await scheduler.waitFor(Promise.allSettled(started))) {
              if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(BusinessError);
            }
            const holders = new Map<string, Set<string>>();
            for (const sku of skus) {
              holders.set(sku, await w.holders(sku));
              const { onHand, reserved } = await w.state(sku);
              expect(onHand).toBe(4);
              expect(reserved).toBe(2 * (holders.get(sku)?.size ?? 0));
              expect(reserved).toBeLessThanOrEqual(4);
            }
            wants.forEach((wanted, order) => {
              const held = wanted.filter((sku) => holders.get(sku)?.has(orderOf(order)));
              const released = course.some((step) => step.kind === 'release' && step.order === order);
              expect(released ? [0] : [0, wanted.length]).toContain(held.length);
            });
          },
        ),
        { numRuns: 80 },
      );
    },
  );
});
