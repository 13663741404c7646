import { waitFor } from '../engines/wait-for.ts';
import type { Mesh } from '../mesh.ts';

const RECOVERY_MS = 60_000;

/** `kill -9` of a function's worker process, as soon as it has one. */
const killWorker = async (mesh: Mesh, functionName: string): Promise<string> => {
  const pid = await waitFor(`a worker of ${functionName}`, () => mesh.workerPids(functionName)[0], {
    deadlineMs: RECOVERY_MS,
    everyMs: 5,
  });
  process.kill(pid, 'SIGKILL');
  return `killed ${functionName}'s worker`;
};

/**
 * Kills, one after the other, the relay's, a consumer's, a saga step's and the poller's process, then Kafka, which
 * is started again. Each is `kill -9`: nothing gets to say goodbye.
 * @param told is called with a line for each
 */
export const killEverything = async (mesh: Mesh, told: (line: string) => void): Promise<void> => {
  for (const functionName of [
    'mesh-relay',
    'order-project-summary',
    'inventory-saga-tasks',
    'order-start-saga',
  ]) {
    told(await killWorker(mesh, functionName));
  }
  await mesh.kill('msk-poller');
  await mesh.restart('msk-poller');
  told('killed the poller; it is back');
  await mesh.kill('kafka');
  await mesh.restart('kafka');
  told('killed Kafka; it is back');
};
