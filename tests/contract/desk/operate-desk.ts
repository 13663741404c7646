import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { dryRun, type Prediction } from '../../../functions/mesh/dead-letters/dry-run.ts';
import type { Letter } from '../../../functions/mesh/dead-letters/letter.ts';
import type { LetterTable } from '../../../functions/mesh/dead-letters/letter-table.ts';
import { standingLetters } from '../../../functions/mesh/dead-letters/read-letters.ts';
import { requestRedrive } from '../../../functions/mesh/dead-letters/redrive-desk.ts';
import type { Selection } from '../../../functions/mesh/dead-letters/redrive-job.ts';
import { runJob } from '../../../functions/mesh/dead-letters/run-job.ts';
import { guarded } from '../../../shared/rehearse/guard.ts';
import type { DeskWorld } from './desk-world.ts';

/** A client with patience, since tests share their engine with others; in rehearsals it reads. */
export const engineClient = (): DynamoDBClient =>
  guarded(
    new DynamoDBClient({
      endpoint: inject('engines').dynamodb,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { requestTimeout: 30_000, connectionTimeout: 10_000 },
    }),
  );

/** Everything that is not settled. */
export const standing = async (table: LetterTable): Promise<readonly Letter[]> => {
  const all: Letter[] = [];
  for await (const { letters } of standingLetters(table, {})) all.push(...letters);
  return all;
};

/** Puts a redrive down; nobody works on it yet. */
export const requested = async (
  table: LetterTable,
  selection: Selection = { all: true },
  rate = 1_000,
): Promise<string> => {
  const operator = { userId: 'ada', commandId: randomUUID() };
  const wish = { selection, rate, reason: 'the bug is mended' };
  return (await requestRedrive(table, async () => undefined, wish, operator)).jobId;
};

/** Redrives to the end. */
export const redriven = async (world: DeskWorld, selection?: Selection): Promise<string> => {
  const jobId = await requested(world.table, selection);
  await runJob(world.means, jobId);
  return jobId;
};

/** A whole dry run, page by page. */
export const dryRunAll = async (
  { table, ask }: DeskWorld,
  selection: Selection = { all: true },
): Promise<readonly Prediction[]> => {
  const predictions: Prediction[] = [];
  for (let after: string | undefined; ;) {
    const page = await dryRun(table, ask, selection, { limit: 200, after });
    predictions.push(...page.predictions);
    if (page.next === undefined) return predictions;
    after = page.next;
  }
};
