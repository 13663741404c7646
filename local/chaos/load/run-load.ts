import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../engines/wait-for.ts';
import type { Shop } from '../../scenarios/shop.ts';
import type { Deed } from './deed.ts';
import type { Backlog } from './watch-backlog.ts';
import type { Journal } from './journal.ts';
import { ordered, performing } from './perform-deed.ts';

/** What the emulator, one process on two cores, bears beside all that it is put through. */
export const DEEDS_PER_SECOND = 2.5;
const COMMANDS_AT_ONCE = 12;
const BACKLOG_LOOK_MS = 250;

export interface LoadOptions {
  readonly seed: number;
  readonly shop: Shop;
  readonly journal: Journal;
  readonly deeds: readonly Deed[];
  /** While it is long, nothing is added to it. */
  readonly backlog: Backlog;
  /** Ends the load; what is under way is waited for. */
  readonly until: AbortSignal;
}

/**
 * Plays one order from its stock to its end, so that every function of the mesh has run once: there are processes
 * to be killed then, and records to be repeated.
 */
export const playFirstOrder = async ({
  seed,
  shop,
  journal,
}: Pick<LoadOptions, 'seed' | 'shop' | 'journal'>): Promise<void> => {
  const customerId = `chaos-${seed}-first`;
  const sku = `${customerId}-sku`;
  journal.written.push(
    ...(await shop.command(
      `/inventory/${sku}/receipts`,
      { quantity: 1 },
      { idempotencyKey: `${sku}-first` },
    )),
  );
  journal.received.push({ sku, quantity: 1 });
  journal.written.push(...(await shop.prefer(customerId, `${customerId}@example.test`)));
  const lines = [{ sku, quantity: 1, unitPrice: { amount: 1_990, currency: 'EUR' } }];
  const { orderId, written } = await shop.send({ customerId, lines }, customerId);
  ordered(journal, orderId, sku);
  journal.written.push(...written);
  await shop.final(orderId);
  for (const deed of ['dispatch', 'complete'])
    journal.written.push(
      ...(await shop.command(
        `/deliveries/${orderId}/${deed}`,
        {},
        { idempotencyKey: `${customerId}-${deed}` },
      )),
    );
  journal.dispatched.add(orderId);
  journal.completed.add(orderId);
};

/**
 * Does the deeds at an even pace, each command under a key of its own, repeated until there is an answer: processes
 * are killed under it. What was accepted goes to the journal, and what no rule explains, too.
 */
export const runLoad = async ({ seed, shop, journal, deeds, backlog, until }: LoadOptions): Promise<void> => {
  const perform = performing({ seed, shop, journal });
  const underWay = new Set<Promise<void>>();
  for (const [n, deed] of deeds.entries()) {
    const calm = (): true | undefined => (backlog.isLong() && !until.aborted ? undefined : true);
    await waitFor('a shorter backlog', calm, { deadlineMs: Infinity, everyMs: BACKLOG_LOOK_MS });
    if (until.aborted) break;
    while (underWay.size >= COMMANDS_AT_ONCE) await Promise.race(underWay);
    const running = perform(deed, `chaos-${seed}-${n}`)
      .catch((error: unknown) => {
        journal.unexpected.push(error instanceof Error ? error.message : String(error));
      })
      .finally(() => underWay.delete(running));
    underWay.add(running);
    // A pace, not a wait for something.
    await pause(1_000 / DEEDS_PER_SECOND, undefined, { signal: until }).catch(() => undefined);
  }
  await Promise.all(underWay);
};
