import {
  ConditionalCheckFailedException,
  GetItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { auditPut, type AuditEntry } from './audit-trail.ts';
import { expiry, STATUS, updateOf, type Change, type LetterTable } from './letter-table.ts';
import type { Progress, RedriveJob } from './redrive-job.ts';
import { LEASE_MS } from './worker-times.ts';

/** All jobs stand under one key; `!` stands before every consumer. */
const JOBS = '!jobs';

const keyOf = (jobId: string) => ({ consumerKey: JOBS, position: jobId });

const jobOf = (item: Record<string, AttributeValue>): RedriveJob => {
  // `putJob` wrote it, and the changes below keep its form.
  const {
    consumerKey: _,
    position: __,
    expiresAt: ___,
    ...job
  } = unmarshall(item) as RedriveJob & Record<string, unknown>;
  return job;
};

/** Puts a job down with its audit entry. @returns the job that stands: a repeated request finds its first */
export const putJob = async (table: LetterTable, job: RedriveJob, entry: AuditEntry): Promise<RedriveJob> => {
  const { client, tableName, clock } = table;
  const Item = marshall(
    { ...job, ...keyOf(job.jobId), expiresAt: expiry(clock.now()) },
    { removeUndefinedValues: true },
  );
  try {
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(consumerKey)' },
          },
          auditPut(table, entry),
        ],
      }),
    );
    return job;
  } catch (error) {
    const known = error instanceof TransactionCanceledException ? await findJob(table, job.jobId) : undefined;
    if (known) return known;
    throw error;
  }
};

export const findJob = async (
  { client, tableName }: LetterTable,
  jobId: string,
): Promise<RedriveJob | undefined> => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: marshall(keyOf(jobId)), ConsistentRead: true }),
  );
  return Item && jobOf(Item);
};

/** All jobs of the last 90 days, the newest first. */
export const listJobs = async ({ client, tableName }: LetterTable): Promise<readonly RedriveJob[]> => {
  const jobs: RedriveJob[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'consumerKey = :jobs',
      ExpressionAttributeValues: marshall({ ':jobs': JOBS }),
    },
  );
  for await (const { Items = [] } of pages) jobs.push(...Items.map(jobOf));
  return jobs.sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
};

/** @returns the job after the change; undefined when the condition did not hold */
const change = async (table: LetterTable, jobId: string, what: Change): Promise<RedriveJob | undefined> => {
  try {
    const { Attributes } = await table.client.send(
      new UpdateItemCommand({ ...updateOf(table, keyOf(jobId), what), ReturnValues: 'ALL_NEW' }),
    );
    return Attributes && jobOf(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};

const lease = ({ clock }: LetterTable, worker: string) => ({
  ':worker': worker,
  ':until': new Date(clock.now().getTime() + LEASE_MS).toISOString(),
});

/** Takes a job that is to be run and that nobody runs. */
export const takeJob = (table: LetterTable, jobId: string, worker: string): Promise<RedriveJob | undefined> =>
  change(table, jobId, {
    update: 'SET leasedTo = :worker, leaseUntil = :until, #status = :running',
    condition: '#status IN (:queued, :running) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
    names: STATUS,
    values: {
      ...lease(table, worker),
      ':queued': 'queued',
      ':running': 'running',
      ':now': table.clock.now().toISOString(),
    },
  });

/** Keeps a job and writes how far it is. @returns the job; undefined when it is another worker's by now */
export const keepJob = (
  table: LetterTable,
  jobId: string,
  worker: string,
  progress: Progress,
): Promise<RedriveJob | undefined> =>
  change(table, jobId, {
    update: 'SET leaseUntil = :until, progress = :progress',
    condition: 'leasedTo = :worker AND #status = :running',
    names: STATUS,
    values: { ...lease(table, worker), ':progress': progress, ':running': 'running' },
  });

/** Lays a job down for the next worker. */
export const layDownJob = (
  table: LetterTable,
  jobId: string,
  worker: string,
  progress: Progress,
): Promise<RedriveJob | undefined> =>
  change(table, jobId, {
    update: 'SET progress = :progress REMOVE leasedTo, leaseUntil',
    condition: 'leasedTo = :worker AND #status = :running',
    names: STATUS,
    values: { ':worker': worker, ':progress': progress, ':running': 'running' },
  });

/** Asks a job that has not ended to stop, with its audit entry. @returns whether it had not ended */
export const askToCancel = async (
  table: LetterTable,
  jobId: string,
  by: string,
  entry: AuditEntry,
): Promise<boolean> => {
  try {
    await table.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: updateOf(table, keyOf(jobId), {
              update: 'SET cancelledBy = :by',
              condition: '#status IN (:queued, :running)',
              names: STATUS,
              values: { ':by': by, ':queued': 'queued', ':running': 'running' },
            }),
          },
          auditPut(table, entry),
        ],
      }),
    );
    return true;
  } catch (error) {
    if (
      error instanceof TransactionCanceledException &&
      error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed'
    )
      return false;
    throw error;
  }
};

/** Ends a job, with its audit entry; nothing happens where another worker has it. */
export const endJob = async (
  table: LetterTable,
  jobId: string,
  worker: string,
  { status, progress }: { readonly status: 'done' | 'cancelled'; readonly progress: Progress },
  entry: AuditEntry,
): Promise<void> => {
  try {
    await table.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: updateOf(table, keyOf(jobId), {
              update:
                'SET #status = :status, progress = :progress, endedAt = :now REMOVE leasedTo, leaseUntil',
              condition: 'leasedTo = :worker AND #status = :running',
              names: STATUS,
              values: {
                ':status': status,
                ':progress': progress,
                ':now': entry.at,
                ':worker': worker,
                ':running': 'running',
              },
            }),
          },
          auditPut(table, entry),
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [ended] = error.CancellationReasons ?? [];
    if (ended?.Code !== 'ConditionalCheckFailed') throw error;
  }
};
