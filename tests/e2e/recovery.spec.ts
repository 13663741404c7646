import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { workerPids } from '../../local/mesh/worker-pids.ts';
import { auditTopics, auditViews } from '../../local/scenarios/audit.ts';
import { charges } from '../../local/scenarios/money.ts';
import { projections } from '../../local/scenarios/projections.ts';
import { line, openShop } from '../../local/scenarios/shop.ts';
import { isOfTheMesh } from './mesh-access/foreign-records.ts';

const ORDERS = 12;
const ROUNDS = 2;
const DEADLINE_MS = 150_000;
const VICTIMS = ['order-project-summary', 'order-start-saga', 'mesh-relay', 'inventory-saga-tasks'];

const mesh = inject('mesh');

/** `kill -9` of whichever process runs a function now, as soon as there is one. */
const killWorker = async (functionName: string): Promise<number> => {
  const pid = await waitFor(
    `a worker of ${functionName}`,
    () => workerPids(`event-mesh-${mesh.stage}-${functionName}`, mesh.pids.ministack)[0],
    { deadlineMs: 60_000, everyMs: 50 },
  );
  process.kill(pid, 'SIGKILL');
  return pid;
};

it(
  'processes that are killed while they work leave no effect out and none doubled (promises 3 and 5)',
  async () => {
    const shop = openShop(mesh, await mintToken(mesh), DEADLINE_MS);
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, ORDERS);

    const killed = new Set<number>();
    const kill = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const victim of VICTIMS) killed.add(await killWorker(victim));
      }
    };
    const placing = Array.from({ length: ORDERS }, () => shop.place({ lines: [line(sku, 1)] }));
    const [orderIds] = await Promise.all([Promise.all(placing), kill()]);
    expect(killed.size).toBe(ROUNDS * VICTIMS.length);

    for (const order of await Promise.all(orderIds.map((orderId) => shop.final(orderId)))) {
      expect(order).toMatchObject({ status: 'confirmed' });
    }
    await shop.availability(sku, ({ onHand, reserved }) => onHand === ORDERS && reserved === ORDERS);
    const references = (await charges(mesh)).map(({ reference }) => reference);
    expect(references.filter((reference) => orderIds.includes(reference)).toSorted()).toEqual(
      orderIds.toSorted(),
    );
    await auditTopics(mesh, DEADLINE_MS, isOfTheMesh);
    await auditViews(mesh, projections, DEADLINE_MS, isOfTheMesh);
  },
  2 * DEADLINE_MS,
);
