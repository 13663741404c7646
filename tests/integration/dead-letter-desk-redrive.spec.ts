import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import pMap from 'p-map';
import { findJob } from '../../functions/mesh/dead-letters/job-store.ts';
import { findLetter } from '../../functions/mesh/dead-letters/read-letters.ts';
import { cancelRedrive } from '../../functions/mesh/dead-letters/redrive-desk.ts';
import { runJob } from '../../functions/mesh/dead-letters/run-job.ts';
import { consumerKeyOf, holdKey, letterIdOf, markerKey } from '../../shared/consume/dynamo-dead-letters.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { KafkaRecord } from '../../shared/consume/record.ts';
import { accountEvents } from '../../shared/testing/account.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { base64 } from '../../shared/testing/msk-event.ts';
import {
  CONSUMER,
  deskWorld,
  recordsOf,
  TOPIC,
  type DeskWorld,
  type Obstacle,
} from '../contract/desk/desk-world.ts';
import { dryRunAll, engineClient, redriven, requested, standing } from '../contract/desk/operate-desk.ts';

const PER_KEY = 10;

const movements = (n: number): number[] => Array.from({ length: n - 1 }, (_, i) => i + 1);
const eventsOf = (account: string, n = PER_KEY): EventEnvelope[] =>
  envelopesOf(account, accountEvents(movements(n)));

/** Accounts by what is the matter with them, ten records each, all of one partition. */
const park = async (world: DeskWorld, accounts: readonly string[], n = PER_KEY): Promise<void> => {
  world.obstacleOf = () => 'bug';
  await world.deliver(accounts.flatMap((account, i) => recordsOf(eventsOf(account, n), i * n)));
};

let client: DynamoDBClient;
let world: DeskWorld;
beforeEach(async () => {
  client = engineClient();
  world = await deskWorld(client);
});

const item = async (key: { consumerKey: string; position: string }) => {
  const read = new GetItemCommand({
    TableName: world.table.tableName,
    Key: marshall(key),
    ConsistentRead: true,
  });
  return (await client.send(read)).Item;
};
const holdOf = (account: string) => item(holdKey(consumerKeyOf(CONSUMER, base64(account))));

describe('1 000 mixed dead letters', () => {
  it('end as the dry run says, every one of them', async () => {
    const accounts = Array.from({ length: 100 }, (_, i) => `a${String(i).padStart(3, '0')}`);
    await park(world, accounts);
    expect(await standing(world.table)).toHaveLength(1_000);

    // By account: mended, broken at its head, broken in its middle, refused at its end, applied before.
    const kind = (account: string): number => Number(account.slice(1)) % 5;
    world.obstacleOf = () => undefined;
    const before = accounts.filter((account) => kind(account) === 4);
    await pMap(
      before,
      // A record as Lambda sends it is a record as the desk sends it.
      (account) =>
        world.ask('', { redrive: 'apply', records: recordsOf(eventsOf(account), 0) as KafkaRecord[] }),
      { concurrency: 8 },
    );
    const obstacles: Readonly<Record<number, (event: EventEnvelope) => Obstacle>> = {
      1: () => 'bug',
      2: ({ sequence }) => (sequence === 6 ? 'bug' : undefined),
      3: ({ sequence }) => (sequence === PER_KEY ? 'rule' : undefined),
    };
    world.obstacleOf = (event) => obstacles[kind(event.aggregateId)]?.(event);

    const predictions = await dryRunAll(world);
    expect(predictions).toHaveLength(1_000);
    expect(await standing(world.table)).toHaveLength(1_000);
    expect(await world.document('a000')).toBeUndefined();

    const jobId = await redriven(world);
    const ended = async (letterId: string): Promise<[string, string | undefined]> => {
      const last = (await findLetter(world.table, letterId))?.history?.at(-1);
      return [letterId, last?.job === jobId ? last.result : 'held'];
    };
    const results = await pMap(predictions, ({ letterId }) => ended(letterId), { concurrency: 16 });
    expect(Object.fromEntries(results)).toEqual(
      Object.fromEntries(predictions.map(({ letterId, result }) => [letterId, result])),
    );
    expect(Object.groupBy(predictions, ({ result }) => result)).toMatchObject({
      applied: { length: 20 * 10 + 20 * 5 + 20 * 9 },
      duplicate: { length: 200 },
      refused: { length: 20 },
      failed: { length: 40 },
      held: { length: 20 * 9 + 20 * 4 },
    });
    expect(await findJob(world.table, jobId)).toMatchObject({
      status: 'done',
      progress: {
        results: { applied: 480, duplicate: 200, refused: 20, failed: 40 },
        stoppedKeys: 40,
        keys: [],
      },
    });
    for (const account of accounts) {
      expect(await holdOf(account), account).toEqual(
        [1, 2].includes(kind(account)) ? expect.anything() : undefined,
      );
    }
    expect(await world.document('a000')).toMatchObject({ movements: movements(PER_KEY) });
  }, 400_000);
});

describe('a redrive', () => {
  it('cancelled half way loses none: what it has not run stays parked, and another takes it up', async () => {
    const accounts = Array.from({ length: 60 }, (_, i) => `b${i}`);
    await park(world, accounts);
    world.obstacleOf = () => undefined;
    const jobId = await requested(world.table);
    let asked = 0;
    const ask: typeof world.ask = async (...question) => {
      asked += 1;
      if (asked === 3)
        await cancelRedrive(world.table, async () => undefined, jobId, { userId: 'bob', commandId: 'c' });
      return world.ask(...question);
    };
    expect(await runJob({ ...world.means, ask }, jobId)).toBe('ended');
    const job = await findJob(world.table, jobId);
    const { applied = 0 } = job?.progress.results ?? {};
    expect(job?.status).toBe('cancelled');
    expect(applied).toBeGreaterThan(0);
    expect(await standing(world.table)).toHaveLength(600 - applied);

    await redriven(world);
    expect(await standing(world.table)).toEqual([]);
    for (const account of accounts) {
      expect(await world.document(account)).toMatchObject({ movements: movements(PER_KEY) });
      expect(await holdOf(account)).toBeUndefined();
    }
    expect(await item(markerKey(CONSUMER))).toBeUndefined();
  });

  it('goes on where its time was up', async () => {
    await park(
      world,
      Array.from({ length: 60 }, (_, i) => `c${i}`),
      3,
    );
    world.obstacleOf = () => undefined;
    const jobId = await requested(world.table);
    let runs = 0;
    const run = (): Promise<string> => {
      let left = 4;
      const remaining = () => ((left -= 1) < 0 ? 1_000 : 300_000);
      runs += 1;
      return runJob({ ...world.means, timing: { ...world.means.timing, remaining } }, jobId);
    };
    while ((await run()) === 'continue') expect(runs).toBeLessThan(100);
    expect(runs).toBeGreaterThan(2);
    expect(await standing(world.table)).toEqual([]);
    expect((await findJob(world.table, jobId))?.progress.results).toEqual({ applied: 180 });
  });

  it('takes the letters of a key that were parked while it ran', async () => {
    await park(world, ['d1']);
    world.obstacleOf = () => undefined;
    const later = eventsOf('d1', PER_KEY + 2).slice(PER_KEY);
    let asked = 0;
    const ask: typeof world.ask = async (...question) => {
      const outcomes = await world.ask(...question);
      asked += 1;
      // The consumer finds its key held, and parks behind it.
      if (asked === 1) await world.deliver(recordsOf(later, 50));
      return outcomes;
    };
    const jobId = await requested(world.table);
    await runJob({ ...world.means, ask }, jobId);
    expect(asked).toBe(2);
    expect(await world.document('d1')).toMatchObject({ movements: movements(PER_KEY + 2) });
    expect(await holdOf('d1')).toBeUndefined();
  });

  it('of one letter runs that letter alone, and only from the head of its key', async () => {
    await park(world, ['e1'], 3);
    world.obstacleOf = () => undefined;
    const id = (offset: number) =>
      letterIdOf({ consumer: CONSUMER, topic: TOPIC, partition: 0, offset: String(offset) });
    await expect(requested(world.table, { letter: id(1) })).rejects.toMatchObject({
      code: 'not-the-head',
      message: expect.stringContaining(id(0)),
    });
    await redriven(world, { letter: id(0) });
    expect((await standing(world.table)).map(({ letterId }) => letterId)).toEqual([id(1), id(2)]);
    expect(await holdOf('e1')).toBeDefined();
    await expect(requested(world.table, { letter: id(0) })).rejects.toMatchObject({ code: 'letter-settled' });
    await redriven(world, { letter: id(1) });
    await redriven(world, { letter: id(2) });
    expect(await holdOf('e1')).toBeUndefined();
    expect(await world.document('e1')).toMatchObject({ movements: movements(3) });
  });

  it('by a filter takes the keys whose first letter is chosen', async () => {
    await park(world, ['f1', 'f2'], 2);
    world.obstacleOf = ({ aggregateId }) => (aggregateId === 'f2' ? 'bug' : undefined);
    await redriven(world, { filter: { consumer: CONSUMER, key: 'f1' } });
    expect(await world.document('f1')).toBeDefined();
    await redriven(world, { filter: { code: 'behind' } });
    expect(await world.document('f2')).toBeUndefined();
    world.obstacleOf = () => undefined;
    await redriven(world, { filter: { code: 'a-bug' } });
    expect(await world.document('f2')).toMatchObject({ movements: [1] });
  });

  it('finds the one record that breaks its function, and goes on with the other keys', async () => {
    await park(world, ['g1', 'g2', 'g3'], 2);
    world.obstacleOf = () => undefined;
    const deadly = (key: string | null | undefined) => key === base64('g2');
    const ask: typeof world.ask = (name, request) =>
      request.records.some(({ key }) => deadly(key))
        ? Promise.reject(new Error('Runtime.ExitError'))
        : world.ask(name, request);
    const jobId = await requested(world.table);
    await runJob({ ...world.means, ask }, jobId);
    expect((await findJob(world.table, jobId))?.progress).toMatchObject({
      results: { applied: 4 },
      stoppedKeys: 1,
    });
    const left = await standing(world.table);
    expect(left.map(({ attempts, status }) => [status, attempts])).toEqual([
      ['parked', 1],
      ['parked', 0],
    ]);
  });

  it('leaves a key alone that another redrive has', async () => {
    await park(world, ['h1'], 2);
    world.obstacleOf = () => undefined;
    const [first, second] = [await requested(world.table), await requested(world.table)];
    let nested = '';
    const ask: typeof world.ask = async (...question) => {
      if (nested === '') nested = await runJob(world.means, second);
      return world.ask(...question);
    };
    await runJob({ ...world.means, ask }, first);
    expect(nested).toBe('ended');
    expect((await findJob(world.table, second))?.progress).toMatchObject({ busyKeys: 1, results: {} });
    expect((await findJob(world.table, first))?.progress).toMatchObject({ results: { applied: 2 } });
  });
});
