import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../engines/wait-for.ts';
import type { Shop } from '../../scenarios/shop.ts';
import { picked } from '../draw.ts';
import type { Deed } from './deed.ts';
import type { Backlog } from './watch-backlog.ts';
import type { Journal } from './journal.ts';

/** What the emulator, one process on two cores, bears beside all that it is put through. */
export const DEEDS_PER_SECOND = 2.5;
const COMMANDS_AT_ONCE = 12;
const BACKLOG_LOOK_MS = 250;

/** A pick among the newest orders: later ones of a run have as good a chance as the first. */
const RECENT = 40;
const FIRST_STOCK = 30;

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

const skuOf = (seed: number, n: number): string => `chaos-${seed}-sku-${n}`;
const customerOf = (seed: number, n: number): string => `chaos-${seed}-c${n}`;

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
  journal.orders.push(orderId);
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
  const known = new Map<string, Promise<unknown>>();
  /** Runs something once, whoever comes first; the others wait for it. */
  const once = (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    const running = known.get(name) ?? work();
    known.set(name, running);
    return running;
  };

  const receive = async (sku: string, quantity: number, key: string): Promise<void> => {
    journal.written.push(
      ...(await shop.command(`/inventory/${sku}/receipts`, { quantity }, { idempotencyKey: key })),
    );
    journal.received.push({ sku, quantity });
  };
  const stocked = (sku: string) => once(sku, () => receive(sku, FIRST_STOCK, `${sku}-first`));
  const registered = (customer: string) =>
    once(customer, async () => {
      journal.written.push(...(await shop.prefer(customer, `${customer}@example.test`)));
    });

  const order = async (deed: Deed & { kind: 'order' }, key: string): Promise<void> => {
    const customerId = customerOf(seed, deed.customer);
    const lines = deed.lines.map(({ sku, quantity, amount }) => ({
      sku: skuOf(seed, sku),
      quantity,
      unitPrice: { amount, currency: 'EUR' },
    }));
    await Promise.all([registered(customerId), ...lines.map(({ sku }) => stocked(sku))]);
    const { paymentMethod, postcode } = deed;
    const { orderId, written } = await shop.send({ customerId, lines, paymentMethod, postcode }, key);
    journal.orders.push(orderId);
    journal.written.push(...written);
  };

  const cancel = async (by: number, key: string): Promise<void> => {
    const orderId = picked(journal.orders.slice(-RECENT), by);
    if (orderId === undefined) return;
    const path = `/orders/${orderId}/cancel`;
    const { status, body } = await shop.post(path, { reason: 'changed-mind' }, key);
    if (status === 202) journal.cancelled.add(orderId);
    else if (status === 409) journal.tooSoon += 1;
    else journal.unexpected.push(`POST ${path} answered ${status} ${JSON.stringify(body)}`);
  };

  /** A warehouse sends off what is confirmed. */
  const dispatch = async (by: number, key: string): Promise<void> => {
    const waiting = journal.orders.slice(-RECENT).filter((orderId) => !journal.dispatched.has(orderId));
    const orderId = picked(waiting, by);
    if (orderId === undefined) return;
    const { body } = await shop.get(`/orders/${orderId}`);
    const confirmed =
      typeof body === 'object' && body !== null && 'status' in body && body.status === 'confirmed';
    if (!confirmed) {
      journal.tooSoon += 1;
      return;
    }
    journal.written.push(
      ...(await shop.command(`/deliveries/${orderId}/dispatch`, {}, { idempotencyKey: key })),
    );
    journal.dispatched.add(orderId);
  };

  const complete = async (by: number, key: string): Promise<void> => {
    const orderId = picked(
      [...journal.dispatched].filter((dispatched) => !journal.completed.has(dispatched)),
      by,
    );
    if (orderId === undefined) return;
    journal.written.push(
      ...(await shop.command(`/deliveries/${orderId}/complete`, {}, { idempotencyKey: key })),
    );
    journal.completed.add(orderId);
  };

  const perform = (deed: Deed, key: string): Promise<void> => {
    switch (deed.kind) {
      case 'order':
        return order(deed, key);
      case 'receipt':
        return receive(skuOf(seed, deed.sku), deed.quantity, key);
      case 'cancel':
        return cancel(deed.pick, key);
      case 'dispatch':
        return dispatch(deed.pick, key);
      case 'complete':
        return complete(deed.pick, key);
    }
  };

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
