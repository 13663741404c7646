import fc from 'fast-check';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { findJob } from '../../functions/mesh/dead-letters/job-store.ts';
import { runJob } from '../../functions/mesh/dead-letters/run-job.ts';
import { consumerKeyOf, holdKey } from '../../shared/consume/dynamo-dead-letters.ts';
import { systemClock, type Clock } from '../../shared/define/clock.ts';
import { accountEvents } from '../../shared/testing/account.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { base64, type RecordDraft } from '../../shared/testing/msk-event.ts';
import { CONSUMER, deskWorld, recordsOf, type DeskWorld } from '../contract/desk/desk-world.ts';
import {
  disturbedClient,
  mortal,
  ProcessEnded,
  type Disturbance,
} from '../contract/desk/disturbed-client.ts';
import { engineClient, redriven, requested, standing } from '../contract/desk/operate-desk.ts';

const AN_HOUR_MS = 3_600_000;
const MAX_STEPS = 200;

const eventsOf = (account: string, n: number) =>
  envelopesOf(account, accountEvents(Array.from({ length: n - 1 }, (_, i) => i + 1)));

const isHeld = async ({ table }: DeskWorld, account: string): Promise<boolean> => {
  const Key = marshall(holdKey(consumerKeyOf(CONSUMER, base64(account))));
  const read = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
  return (await engineClient().send(read)).Item !== undefined;
};

describe.each(['before', 'after'] as const)('a worker that ends %s any step of its', (when) => {
  it('is followed by one that finishes its work: nothing lost, nothing doubled, nothing held', async () => {
    let passed = 0;
    // A worker that died keeps its lease for a while: the next comes when it is over.
    const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + passed) };
    const world = await deskWorld(engineClient(), { clock });
    for (let step = 1; ; step += 1) {
      const accounts = [`a${step}`, `b${step}`];
      world.obstacleOf = () => 'bug';
      await world.deliver(
        accounts.flatMap((account, i) => recordsOf(eventsOf(account, 2), 10 * step + 2 * i)),
      );
      world.obstacleOf = () => undefined;
      const jobId = await requested(world.table);

      const life = mortal(step, when);
      const table = { ...world.table, client: disturbedClient(life.disturb) };
      const ask: typeof world.ask = (...question) => life.disturb(() => world.ask(...question));
      const run = await runJob({ ...world.means, table, ask }, jobId).catch((error: unknown) => {
        if (error instanceof ProcessEnded) return 'died';
        throw error;
      });
      passed += AN_HOUR_MS;
      await runJob(world.means, jobId);

      expect(await findJob(world.table, jobId), `${when} step ${step}`).toMatchObject({ status: 'done' });
      expect(await standing(world.table), `${when} step ${step}`).toEqual([]);
      for (const account of accounts) {
        expect(await world.document(account), `${when} step ${step}`).toMatchObject({ movements: [1] });
        expect(await isHeld(world, account), `${when} step ${step}`).toBe(false);
      }
      if (life.steps() < step) {
        expect(run).toBe('ended');
        expect(step).toBeGreaterThan(15);
        return;
      }
      expect(step).toBeLessThan(MAX_STEPS);
    }
  }, 600_000);
});

/** Delivers until nothing is reported, as Lambda does. */
const deliverAtLeastOnce = async (world: DeskWorld, drafts: readonly RecordDraft[]): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await world.deliver(drafts);
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
};

describe('parking while the same key is redriven (promise 6)', () => {
  it('keeps the order and loses nothing, however the two interleave', async () => {
    // Whose turn it is; nobody has to wait for one between two races.
    const atOnce: Disturbance = (step) => step();
    let inTurn = atOnce;
    const disturbed = () => disturbedClient((step) => inTurn(step));
    const world = await deskWorld(disturbed(), { deskClient: engineClient() });
    const raceMeans = { ...world.means, table: { ...world.table, client: disturbed() } };
    let races = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 12 }), async (scheduler, later) => {
        const account = `r${(races += 1)}`;
        const records = recordsOf(eventsOf(account, 1 + later), races * 100);
        world.obstacleOf = () => 'bug';
        await world.deliver(records.slice(0, 1));
        const tried: number[] = [];
        world.obstacleOf = ({ sequence }) => void tried.push(sequence);
        const jobId = await requested(world.table);
        const delivering = async (): Promise<void> => {
          for (const record of records.slice(1)) await deliverAtLeastOnce(world, [record]);
        };
        inTurn = async <T>(step: () => Promise<T>): Promise<T> => {
          const ends: PromiseSettledResult<T>[] = [];
          // It neither throws nor answers: the scheduler prints answers whole, and leaves errors lying about.
          await scheduler.scheduleFunction(
            async () => void ends.push(...(await Promise.allSettled([step()]))),
          )();
          const [end] = ends;
          if (end?.status === 'fulfilled') return end.value;
          throw end?.reason;
        };
        await scheduler.waitFor(Promise.all([delivering(), runJob(raceMeans, jobId)]));
        inTurn = atOnce;

        await redriven(world);
        const firsts = [...new Set(tried)];
        expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
        expect(await standing(world.table)).toEqual([]);
        expect(await isHeld(world, account)).toBe(false);
        const movements = Array.from({ length: later }, (_, i) => i + 1);
        expect(await world.document(account)).toMatchObject({ movements });
      }),
      { numRuns: 60 },
    );
  }, 600_000);
});
