import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { liftHold } from '../../../functions/mesh/dead-letters/key-holds.ts';
import { updateOf, type LetterTable } from '../../../functions/mesh/dead-letters/letter-table.ts';
import { settling } from '../../../functions/mesh/dead-letters/mark-letters.ts';
import { queueOf } from '../../../functions/mesh/dead-letters/read-letters.ts';
import { noProgress, type RedriveJob } from '../../../functions/mesh/dead-letters/redrive-job.ts';
import { redriveKeys } from '../../../functions/mesh/dead-letters/redrive-keys.ts';
import { consumerKeyOf } from '../../../shared/consume/dynamo-dead-letters.ts';
import { base64 } from '../../../shared/testing/msk-event.ts';
import { consumerName } from '../promises/findings.ts';
import { consumerIn } from '../subjects/consumer-in.ts';
import { FUNCTION_TIMEOUT_MS, type Answer, type Work } from './actor.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

const RATE = 1_000;

/**
 * An operator, once the bug is mended: redrives what is parked with the desk's own code, one job after the other until
 * nothing is left, and discards what can never be an event.
 */
export const redriving = (world: World): Work & { due: boolean } => {
  const keys = world.accountIds.map((id) => consumerKeyOf(consumerName(world), base64(id)));
  const work = {
    due: false,
    get ready(): boolean {
      return work.due;
    },
    begin: () => ({
      what: 'a redrive',
      withinMs: FUNCTION_TIMEOUT_MS,
      run: async (process: Process, deadline: number): Promise<Answer> => {
        const client = world.clientOf(process);
        const { stoppedKeys, busyKeys } = await redriveKeys(
          meansOf(world, process, client, deadline),
          jobOf(world),
          { ...noProgress, keys: keys.map((consumerKey) => ({ consumerKey })) },
        );
        if (stoppedKeys > 0) await discardHopeless(tableOf(world, client), keys);
        return () => {
          work.due = stoppedKeys + busyKeys > 0;
          return work.due ? 'again' : 'done';
        };
      },
      failed: () => undefined,
    }),
  };
  return work;
};

const tableOf = ({ tables, clock }: World, client: DynamoDBClient): LetterTable => ({
  client,
  tableName: tables.deadLetters,
  clock,
});

/** Each attempt is a job of its own, as when an operator asks again. */
const jobOf = ({ name, clock }: World): RedriveJob => ({
  jobId: `${name}/${clock.newId()}`,
  selection: { all: true },
  rate: RATE,
  reason: 'the bug is mended',
  requestedBy: 'operator',
  requestedAt: clock.now().toISOString(),
  status: 'running',
  progress: noProgress,
});

const meansOf = (
  world: World,
  process: Process,
  client: DynamoDBClient,
  deadline: number,
): Parameters<typeof redriveKeys>[0] => {
  const consumer = consumerIn(world.schedule.subject, process, client, world);
  const now = (): number => world.clock.now().getTime();
  return {
    table: tableOf(world, client),
    ask: async (_, request) => (await consumer.redrive(request, world.contextUntil(deadline))).outcomes,
    timing: {
      now,
      wait: async (milliseconds) => world.clock.pass(milliseconds),
      remaining: () => Math.max(0, deadline - now()),
    },
    pace: async () => undefined,
    goOn: async () => true,
  };
};

/** What no redrive can ever apply is discarded, so that what stands behind it can be. */
const discardHopeless = async (table: LetterTable, keys: readonly string[]): Promise<void> => {
  for (const consumerKey of keys) {
    const [head] = await queueOf(table, consumerKey);
    if (head?.cause.code !== 'not-json') continue;
    const entry = {
      at: table.clock.now().toISOString(),
      by: 'operator',
      action: 'discarded',
      reason: 'no event',
    } as const;
    await table.client.send(
      new UpdateItemCommand(updateOf(table, head, settling(table, head, 'discarded', entry))),
    );
    await liftHold(table, consumerKey);
  }
};
