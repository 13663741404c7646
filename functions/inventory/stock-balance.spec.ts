import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { InventoryCommitted, InventoryReleased, InventoryReserved, StockReceived } from './events.ts';
import {
  availableOf,
  commitReservation,
  receiveStock,
  releaseInventory,
  reserveInventory,
  skusOf,
  stock,
  type StockState,
} from './stock.ts';

const skus = ['SKU-A', 'SKU-B', 'SKU-C'];
const orderOf = (n: number) => `C-1.00000000-0000-8000-8000-00000000000${n}`;

/** Some SKUs' histories, written as the command handler does: what a command decides, all or nothing. */
const warehouse = () => {
  const streams = new Map<string, NewEvent[]>(skus.map((sku) => [sku, []]));
  const state = (sku: string): StockState => fold(stock, envelopesOf(sku, streams.get(sku) ?? []));
  return {
    streams,
    state,
    run: (
      wanted: readonly string[],
      decide: (stocks: ReadonlyMap<string, StockState>) => ReadonlyMap<string, readonly NewEvent[]>,
    ): boolean => {
      try {
        const decided = decide(new Map(wanted.map((sku) => [sku, state(sku)])));
        for (const [sku, events] of decided) streams.get(sku)?.push(...events);
        return true;
      } catch (error) {
        if (error instanceof BusinessError) return false;
        throw error;
      }
    },
  };
};

type Warehouse = ReturnType<typeof warehouse>;

/** An order's lines are drawn once: repeats of its commands bring the same ones. */
const orders = fc.array(
  fc.array(fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 5, maxLength: 5 },
);

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('receive' as const),
      sku: fc.constantFrom(...skus),
      quantity: fc.integer({ min: 1, max: 8 }),
    }),
    fc.record({
      kind: fc.constantFrom('reserve' as const, 'reserve' as const, 'release' as const, 'commit' as const),
      order: fc.integer({ min: 0, max: 4 }),
    }),
  ),
  { maxLength: 40 },
);

type Step = typeof steps extends fc.Arbitrary<(infer Item)[]> ? Item : never;
type Lines = readonly { readonly sku: string; readonly quantity: number }[];

const perform = (house: Warehouse, step: Step, lines: readonly Lines[]): void => {
  if (step.kind === 'receive') {
    house.run([step.sku], () => new Map([[step.sku, receiveStock(step.sku, step)]]));
    return;
  }
  const order = { orderId: orderOf(step.order), lines: [...(lines[step.order] ?? [])] };
  house.run(skusOf(order), (stocks) => {
    switch (step.kind) {
      case 'reserve':
        return reserveInventory(stocks, order);
      case 'release':
        return releaseInventory(stocks, { ...order, reason: 'cancelled' });
      case 'commit':
        return commitReservation(stocks, order);
    }
  });
};

const eventsOf = (house: Warehouse, sku: string): EventEnvelope[] =>
  envelopesOf(sku, house.streams.get(sku) ?? []);

const total = (quantities: readonly { readonly payload: { readonly quantity: number } }[]): number =>
  quantities.reduce((sum, { payload }) => sum + payload.quantity, 0);

/** The orders that hold, or have taken, some of a SKU. */
const holders = (house: Warehouse, sku: string): Set<string> => {
  const held = new Set<string>();
  for (const event of eventsOf(house, sku)) {
    if (InventoryReserved.is(event)) held.add(event.payload.orderId);
    if (InventoryReleased.is(event)) held.delete(event.payload.orderId);
  }
  return held;
};

const anyCourse = (check: (house: Warehouse, lines: readonly Lines[]) => void): void => {
  fc.assert(
    fc.property(orders, steps, (lines, course) => {
      const house = warehouse();
      for (const step of course) {
        perform(house, step, lines);
        check(house, lines);
      }
    }),
    { numRuns: 150 },
  );
};

describe('whatever the order of commands and their repeats', { timeout: 30_000 }, () => {
  it('never promises or sells more than was received', () => {
    anyCourse((house) => {
      for (const sku of skus) {
        const { onHand, reserved } = house.state(sku);
        const events = eventsOf(house, sku);
        const sold = total(events.filter((event) => InventoryCommitted.is(event)));
        const received = total(events.filter((event) => StockReceived.is(event)));
        expect(availableOf(house.state(sku))).toBeGreaterThanOrEqual(0);
        expect(reserved).toBeGreaterThanOrEqual(0);
        expect(onHand + sold).toBe(received);
      }
    });
  });

  it('holds all of an order or none of it', () => {
    anyCourse((house, lines) => {
      lines.forEach((line, n) => {
        const wanted = skusOf({ orderId: orderOf(n), lines: [...line] });
        const held = wanted.filter((sku) => holders(house, sku).has(orderOf(n)));
        expect([0, wanted.length]).toContain(held.length);
      });
    });
  });

  it('reserves for an order at most once, and never after its release', () => {
    anyCourse((house) => {
      for (const sku of skus) {
        const reservations = eventsOf(house, sku)
          .filter((event) => InventoryReserved.is(event))
          .map(({ payload }) => payload.orderId);
        expect(new Set(reservations).size).toBe(reservations.length);
      }
    });
  });

  it('changes nothing when a command is repeated at once', () => {
    fc.assert(
      fc.property(orders, steps, (lines, course) => {
        const house = warehouse();
        for (const step of course) {
          perform(house, step, lines);
          if (step.kind === 'receive') continue;
          const before = [...house.streams.values()].flat().length;
          perform(house, step, lines);
          expect([...house.streams.values()].flat().length).toBe(before);
        }
      }),
    );
  });
});
