import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startMesh, type Mesh } from './mesh.ts';
import { mintToken } from './mesh/identity.ts';
import { auditTopics, auditViews } from './scenarios/audit.ts';
import { killEverything } from './scenarios/chaos.ts';
import { day } from './scenarios/day/day.ts';
import { describeLatency } from './scenarios/latency.ts';
import { projections } from './scenarios/projections.ts';
import { rush } from './scenarios/rush.ts';
import { line, openShop, type Shop } from './scenarios/shop.ts';
import { singleOrders } from './scenarios/single-orders.ts';
import { createProgress } from './setup/progress.mjs';
import { stopOnSignal } from './stop-on-signal.ts';

const USAGE = 'usage: npm run demo -- [--chaos] [--day | --customers N]';
const DEADLINE_MS = 120_000;
/** About a quarter of what two cores carry with all thirteen contexts: one machine does the work of every function. */
const STEADY_ORDERS = 30;
const STEADY_PER_SECOND = 0.5;
/** A day at the shop is quiet, or as busy as `--day` has it. */
const QUIET_DAY_CUSTOMERS = 20;
const BUSY_DAY_CUSTOMERS = 200;

interface Played {
  readonly failures: number;
}

/** Plays something that can fail and says in one line how it went. */
const play = async (name: string, work: () => Promise<string>): Promise<boolean> => {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  try {
    console.log(`✔ ${name} (${await work().then((outcome) => `${seconds()}): ${outcome}`)}`);
    return true;
  } catch (error) {
    console.log(`✖ ${name} (${seconds()}): ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Error && error.cause instanceof Error) console.log(`    ${error.cause.message}`);
    return false;
  }
};

/** Orders at an even pace: the load under which latency is worth quoting. */
const steadyOrders = async (shop: Shop): Promise<string> => {
  const sku = 'sku-steady';
  await shop.receive(sku, STEADY_ORDERS);
  const before = shop.latencies.length;
  const placed: Promise<string>[] = [];
  for (let n = 0; n < STEADY_ORDERS; n += 1) {
    // A pace, not a wait for something.
    await pause(1_000 / STEADY_PER_SECOND);
    placed.push(shop.place({ lines: [line(sku, 1)] }));
  }
  const orders = await Promise.all((await Promise.all(placed)).map((orderId) => shop.final(orderId)));
  const confirmed = orders.filter(({ status }) => status === 'confirmed').length;
  if (confirmed !== STEADY_ORDERS)
    throw new Error(`${String(confirmed)} of ${String(STEADY_ORDERS)} confirmed`);
  return `${String(confirmed)} confirmed; ${describeLatency('accepted → visible', shop.latencies.slice(before))}`;
};

interface Wishes {
  readonly chaos: boolean;
  /** How many customers come on the day at the shop. */
  readonly customers: number;
}

const playAll = async (mesh: Mesh, wishes: Wishes): Promise<Played> => {
  const { endpoints } = mesh;
  const shop = openShop(endpoints, await mintToken(endpoints), DEADLINE_MS);
  const told = (text: string): void => {
    console.log(`    ${text}`);
  };
  const steps: [string, () => Promise<string>][] = [
    ...singleOrders.map((scenario): [string, () => Promise<string>] => [
      scenario.name,
      () => scenario.play(shop, endpoints),
    ]),
    [`${String(STEADY_ORDERS)} orders at ${String(STEADY_PER_SECOND)} a second`, () => steadyOrders(shop)],
    ['100 orders at once on 20 SKUs with too little stock', () => rush(shop, endpoints)],
    ...(wishes.chaos
      ? [
          [
            'the same while processes are killed',
            () => rush(shop, endpoints, () => killEverything(mesh, told)),
          ] as [string, () => Promise<string>],
        ]
      : []),
    ['a day at the shop', () => day(shop, endpoints, DEADLINE_MS, wishes.customers)],
    ['topics against event tables', () => auditTopics(endpoints, DEADLINE_MS)],
    ['views against the topics', () => auditViews(endpoints, projections, DEADLINE_MS)],
  ];
  let failures = 0;
  for (const [name, work] of steps) if (!(await play(name, work))) failures += 1;
  console.log(describeLatency('accepted → visible, all orders', shop.latencies));
  return { failures };
};

const run = async (wishes: Wishes): Promise<number> => {
  const progress = createProgress();
  const stop = stopOnSignal();
  const crash = Promise.withResolvers<never>();
  let mesh: Mesh | undefined;
  try {
    mesh = await startMesh({
      instance: 'demo',
      signal: stop.signal,
      onProgress: ({ name, state, detail }) => {
        progress[state](name, detail);
      },
      onRestart: (what) => {
        progress.line(`! ${what}`);
      },
      onCrash: crash.reject,
    });
    const asked = stop.asked.then(() => ({ failures: 1 }));
    const { failures } = await Promise.race([playAll(mesh, wishes), asked, crash.promise]);
    console.log(
      failures === 0 ? 'every outcome and every balance is right' : `${String(failures)} scenarios are off`,
    );
    return failures === 0 ? 0 : 1;
  } finally {
    await mesh?.stop();
  }
};

/** @throws TypeError */
function readCustomers({ day: busy, customers }: { day: boolean; customers?: string }): number {
  if (customers === undefined) return busy ? BUSY_DAY_CUSTOMERS : QUIET_DAY_CUSTOMERS;
  if (busy) throw new TypeError('--day and --customers: one of them');
  if (!/^[1-9]\d{0,2}$/.test(customers))
    throw new TypeError(`--customers: ${customers} is no number from 1 to 999`);
  return Number(customers);
}

try {
  const { values } = parseArgs({
    options: {
      chaos: { type: 'boolean', default: false },
      day: { type: 'boolean', default: false },
      customers: { type: 'string' },
    },
  });
  process.exitCode = await run({ chaos: values.chaos, customers: readCustomers(values) });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof TypeError) console.error(USAGE);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
if (process.connected) process.disconnect();
