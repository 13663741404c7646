import type { Mesh } from '../mesh.ts';
import { mintToken } from '../mesh/identity.ts';
import { openShop } from '../scenarios/shop.ts';
import type { ChaosOptions } from './chaos-options.ts';
import { setTrouble, troubleDone } from './faults/gateway-trouble.ts';
import { injectFaults } from './faults/inject-faults.ts';
import { planFaults } from './faults/plan-faults.ts';
import { Journal } from './load/journal.ts';
import { planDeeds } from './load/plan-deeds.ts';
import { DEEDS_PER_SECOND, playFirstOrder, runLoad } from './load/run-load.ts';
import { watchBacklog } from './load/watch-backlog.ts';
import type { ChaosReport } from './report.ts';
import { settle } from './settle/settle.ts';
import { Tally } from './tally.ts';
import { verify } from './verify/verify.ts';

/** How long a command is sent again until there is an answer: the mesh loses processes under it. */
const PATIENCE_MS = 120_000;
/** Faults can take longer than planned; the load goes on as long as they do. */
const SPARE_SECONDS = 300;
const MAILER = 'notification-notify';

/**
 * Puts a running mesh through faults under load, brings it to rest as its operators would, and holds everything
 * against everything.
 * @param told is called with a line for each thing that happens
 */
export const runChaos = async (
  mesh: Mesh,
  { seed, minutes }: Pick<ChaosOptions, 'seed' | 'minutes'>,
  signal: AbortSignal,
  told: (line: string) => void,
): Promise<ChaosReport> => {
  const { endpoints } = mesh;
  const shop = openShop(endpoints, await mintToken(endpoints), PATIENCE_MS);
  const journal = new Journal();
  const tally = new Tally();
  const mailDeaths: number[] = [];
  const deeds = planDeeds(seed, Math.ceil(DEEDS_PER_SECOND * (minutes * 60 + SPARE_SECONDS)));

  await playFirstOrder({ seed, shop, journal });
  told('the first order has gone all its way; the faults begin');
  const loadOver = new AbortController();
  const until = AbortSignal.any([loadOver.signal, signal]);
  const load = runLoad({ seed, shop, journal, deeds, backlog: watchBacklog(endpoints, until), until });
  try {
    await injectFaults({
      mesh,
      plan: planFaults(seed, minutes),
      tally,
      signal,
      onFault: told,
      onWorkerKilled: (functionName) => {
        if (functionName === MAILER) mailDeaths.push(Date.now());
      },
    });
  } finally {
    loadOver.abort();
    await load;
    await setTrouble(endpoints);
  }
  const { slow, failed, lost } = await troubleDone(endpoints);
  tally.add('slow answers of the gateway', slow);
  tally.add('5xx answers of the gateway', failed);
  tally.add('lost answers of the gateway', lost);

  const rounds = await settle(endpoints, signal, told);
  told('holding everything against everything');
  const verdict = await verify({ endpoints, shop, journal, mailDeaths, signal });
  return { seed, minutes, faults: tally.counts, rounds, ...verdict };
};
