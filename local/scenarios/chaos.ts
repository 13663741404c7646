import { killWorker } from '../chaos/faults/kill-worker.ts';
import type { Mesh } from '../mesh.ts';

/**
 * Kills, one after the other, the relay's, a consumer's, a saga step's and the poller's process, then Kafka, which
 * is started again. Each is `kill -9`: nothing gets to say goodbye. `npm run chaos` does this and much more.
 * @param told is called with a line for each
 */
export const killEverything = async (mesh: Mesh, told: (line: string) => void): Promise<void> => {
  for (const functionName of [
    'mesh-relay',
    'order-project-summary',
    'inventory-saga-tasks',
    'order-start-saga',
  ]) {
    told(`killed ${await killWorker(mesh.endpoints, [functionName], 0)}'s worker`);
  }
  for (const engine of ['msk-poller', 'kafka'] as const) {
    await mesh.kill(engine);
    await mesh.restart(engine);
    told(`killed ${engine}; it is back`);
  }
};
