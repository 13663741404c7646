import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { consumerLag } from '../settle/consumer-lag.ts';
import { runningSagas } from '../verify/read-outside.ts';

const LOOK_EVERY_MS = 2_000;

/** More than this under way, and more load would only show how slow the machine is. */
const MOST_SAGAS = 25;
const MOST_LAG = 400;

/** Whether the mesh has more to do than it gets done right now. */
export interface Backlog {
  readonly isLong: () => boolean;
}

/**
 * Looks now and then at how much the mesh has to do, so that the load can wait for it. While it cannot be seen, the
 * broker being down, what was seen last counts.
 */
export const watchBacklog = (endpoints: Endpoints, until: AbortSignal): Backlog => {
  let isLong = false;
  const look = async (): Promise<void> => {
    try {
      const [sagas, { lag }] = await Promise.all([runningSagas(endpoints), consumerLag(endpoints.brokers)]);
      isLong = sagas > MOST_SAGAS || lag > MOST_LAG;
    } catch {
      // A broker that is down is part of the run: the load goes on without it, as customers do.
    }
  };
  void (async () => {
    while (!until.aborted) {
      await look();
      await pause(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
    }
  })();
  return { isLong: () => isLong };
};
