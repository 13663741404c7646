import { uuidFrom } from '../../../shared/define/clock.ts';
import { consumerKeyOf } from '../../../shared/consume/dynamo-dead-letters.ts';
import { BusinessError } from '../../../shared/errors/mesh-error.ts';
import { writeAudit, type AuditEntry, type AuditedAction } from './audit-trail.ts';
import { askToCancel, findJob, putJob } from './job-store.ts';
import type { LetterTable } from './letter-table.ts';
import { knownLetter, refuseUnredrivable, type Operator } from './operator-actions.ts';
import { queueOf } from './read-letters.ts';
import { noProgress, stateOf, type RedriveJob, type Selection } from './redrive-job.ts';

/** Starts a worker on a job and does not wait for it. */
export type StartWorker = (jobId: string) => Promise<void>;

export interface RedriveWish {
  readonly selection: Selection;
  readonly rate: number;
  readonly reason: string;
}

const audit = (
  { clock }: LetterTable,
  { userId, commandId }: Operator,
  action: AuditedAction,
  target: string,
  rest: Pick<AuditEntry, 'reason' | 'details'> = {},
): AuditEntry => ({
  auditId: uuidFrom(`${commandId}/${action}`),
  at: clock.now().toISOString(),
  by: userId,
  action,
  target,
  ...rest,
});

/**
 * Puts a redrive down and starts a worker on it. The same command again finds the same job.
 * @throws BusinessError for a letter that is not the first of its key, is settled or unknown; for a key with nothing parked
 */
export const requestRedrive = async (
  table: LetterTable,
  start: StartWorker,
  { selection, rate, reason }: RedriveWish,
  operator: Operator,
): Promise<RedriveJob> => {
  const jobId = uuidFrom(operator.commandId);
  const known = await findJob(table, jobId);
  if (!known) await refuseSelection(table, selection);
  const wish: RedriveJob = {
    jobId,
    selection,
    rate,
    reason,
    requestedBy: operator.userId,
    requestedAt: table.clock.now().toISOString(),
    status: 'queued',
    progress: noProgress,
  };
  const details = { selection, rate };
  const entry = audit(table, operator, 'redrive-requested', jobId, { reason, details });
  const job = known ?? (await putJob(table, wish, entry));
  await start(jobId);
  return job;
};

const refuseSelection = async (table: LetterTable, selection: Selection): Promise<void> => {
  if (selection.letter !== undefined) {
    const letter = await knownLetter(table, selection.letter);
    refuseUnredrivable(letter);
    if (letter.key === null) return;
    const [head] = (await queueOf(table, letter.consumerKey)).filter(({ key }) => key !== null);
    if (head && head.letterId !== letter.letterId)
      throw new BusinessError(
        'not-the-head',
        `it waits behind ${head.letterId}: redrive that one first, or the whole key`,
      );
    return;
  }
  const { consumer, key, ...others } = selection.filter ?? {};
  if (consumer === undefined || key === undefined || Object.keys(others).length > 0) return;
  const consumerKey = consumerKeyOf(consumer, Buffer.from(key).toString('base64'));
  if ((await queueOf(table, consumerKey)).length === 0)
    throw new BusinessError(
      'nothing-parked',
      `${consumer} has nothing parked for the key ${key}`,
      'not-found',
    );
};

/** @throws BusinessError `unknown-redrive` */
export const knownJob = async (table: LetterTable, jobId: string): Promise<RedriveJob> => {
  const job = await findJob(table, jobId);
  if (!job) throw new BusinessError('unknown-redrive', `nothing is known of a redrive ${jobId}`, 'not-found');
  return job;
};

/** Asks a redrive to stop. What it has in hand it finishes; what it has not stays parked, in order. */
export const cancelRedrive = async (
  table: LetterTable,
  start: StartWorker,
  jobId: string,
  operator: Operator,
): Promise<RedriveJob> => {
  const { status, endedAt } = await knownJob(table, jobId);
  const entry = audit(table, operator, 'redrive-cancelled', jobId);
  if (!(await askToCancel(table, jobId, operator.userId, entry)))
    throw new BusinessError('redrive-over', `it is over (${status}${endedAt ? ` at ${endedAt}` : ''})`);
  // Should its worker be gone, this one ends it.
  await start(jobId);
  return knownJob(table, jobId);
};

/** Starts a worker on a redrive whose own is gone. A worker that is well is not disturbed. */
export const resumeRedrive = async (
  table: LetterTable,
  start: StartWorker,
  jobId: string,
  operator: Operator,
): Promise<RedriveJob> => {
  const job = await knownJob(table, jobId);
  const state = stateOf(job, table.clock.now());
  if (state === 'done' || state === 'cancelled')
    throw new BusinessError('redrive-over', `it is over (${state} at ${job.endedAt ?? ''}): request another`);
  await writeAudit(table, audit(table, operator, 'redrive-resumed', jobId));
  await start(jobId);
  return job;
};
