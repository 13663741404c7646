import type { Timing } from '../../../shared/consume/lanes.ts';
import { count, logger } from '../../../shared/observe/telemetry.ts';
import type { AskConsumer } from './ask-consumer.ts';
import type { AuditEntry } from './audit-trail.ts';
import { findJob, endJob, keepJob, layDownJob, takeJob } from './job-store.ts';
import { liftHold, liftMarker, releaseKey } from './key-holds.ts';
import type { LetterTable } from './letter-table.ts';
import { redriveKeys } from './redrive-keys.ts';
import { nameOf, type Progress, type RedriveJob } from './redrive-job.ts';
import { selectKeys } from './select-keys.ts';
import { ENOUGH_MS } from './worker-times.ts';

const KEYS_AT_ONCE = 25;
const POLL_MS = 1_000;

export interface JobMeans {
  readonly table: LetterTable;
  readonly ask: AskConsumer;
  readonly timing: Pick<Timing, 'now' | 'wait' | 'remaining'>;
}

/** `continue`: another worker has to go on; `elsewhere`: another worker is at it, or there is nothing to do. */
export type JobRun = 'ended' | 'continue' | 'elsewhere';

/** A worker at its job. */
interface Running {
  state: 'going' | 'lost' | 'cancelled' | 'out-of-time';
  job: RedriveJob;
}

/**
 * Runs a redrive job, or goes on where the worker before stopped. A worker that died keeps its lease for a while:
 * that long it is waited for.
 */
export const runJob = async (means: JobMeans, jobId: string): Promise<JobRun> => {
  const { table, timing } = means;
  const worker = table.clock.newId();
  const job = await takeWhenFree(means, jobId, worker);
  if (!job) return 'elsewhere';

  const run: Running = { state: job.cancelledBy === undefined ? 'going' : 'cancelled', job };
  const goOn = async (progress: Progress): Promise<boolean> => {
    const kept = await keepJob(table, jobId, worker, progress);
    if (!kept) run.state = 'lost';
    else if (kept.cancelledBy !== undefined) run.state = 'cancelled';
    else if (timing.remaining() < ENOUGH_MS) run.state = 'out-of-time';
    run.job = kept ?? run.job;
    return run.state === 'going';
  };
  const pace = pacing(timing, job.rate);

  let { progress } = job;
  const batches = batchesOf(table, job);
  for (let batch = await batches(progress); batch && (await goOn(batch)); batch = await batches(progress)) {
    progress = batch;
    progress = await redriveKeys({ ...means, goOn, pace }, job, batch);
    if (run.state !== 'going') break;
  }
  logger.info('redrive', {
    job: jobId,
    state: run.state,
    ...progress.results,
    stopped: progress.stoppedKeys,
  });
  if (run.state === 'lost') return 'elsewhere';
  if (run.state === 'out-of-time') {
    await layDownJob(table, jobId, worker, progress);
    return 'continue';
  }
  for (const { consumerKey } of progress.keys) {
    await liftHold(table, consumerKey, jobId);
    await releaseKey(table, consumerKey, jobId);
  }
  for (const consumer of progress.consumers) await liftMarker(table, consumer);
  count(
    'LettersRedriven',
    Object.values(progress.results).reduce((sum, n) => sum + n, 0),
  );
  const status = run.state === 'cancelled' ? 'cancelled' : 'done';
  await endJob(table, jobId, worker, { status, progress }, ending(table, run.job, progress, status));
  return 'ended';
};

/** Waits for a lease that nobody renews; gives way to one that somebody does. */
const takeWhenFree = async (
  { table, timing }: JobMeans,
  jobId: string,
  worker: string,
): Promise<RedriveJob | undefined> => {
  const first = (await findJob(table, jobId))?.leaseUntil;
  for (;;) {
    const taken = await takeJob(table, jobId, worker);
    if (taken) return taken;
    const now = await findJob(table, jobId);
    const isOver = !now || now.status === 'done' || now.status === 'cancelled';
    if (isOver || now.leaseUntil !== first || timing.remaining() < ENOUGH_MS) return undefined;
    await timing.wait(POLL_MS);
  }
};

/** Hands out the job's keys in portions of one consumer; first those that a worker before had at work. */
const batchesOf = (table: LetterTable, { selection, requestedAt }: RedriveJob) => {
  let selected: ReturnType<typeof selectKeys> | undefined;
  let at = 0;
  return async (progress: Progress): Promise<Progress | undefined> => {
    if (progress.keys.length > 0) return progress;
    const keys = await (selected ??= selectKeys(table, selection, new Date(requestedAt), progress.through));
    const consumer = keys[at]?.head.consumer;
    if (consumer === undefined) return undefined;
    const portion = keys.slice(at, at + KEYS_AT_ONCE).filter(({ head }) => head.consumer === consumer);
    at += portion.length;
    const names = portion.map(({ key }) => key);
    return {
      ...progress,
      keys: names,
      through: names.map(nameOf).at(-1) ?? progress.through,
      consumers: [...new Set([...progress.consumers, consumer])],
    };
  };
};

/** Holds a speed by waiting for what was handed over before. @param rate letters a second */
const pacing = ({ now, wait }: JobMeans['timing'], rate: number) => {
  let free = 0;
  return async (letters: number): Promise<void> => {
    const ahead = free - now();
    if (ahead > 0) await wait(ahead);
    free = Math.max(free, now()) + (letters * 1_000) / rate;
  };
};

const ending = (
  { clock }: LetterTable,
  { jobId, requestedBy, cancelledBy }: RedriveJob,
  { results, stoppedKeys, busyKeys }: Progress,
  status: string,
): AuditEntry => ({
  auditId: clock.newId(),
  at: clock.now().toISOString(),
  by: cancelledBy ?? requestedBy,
  action: 'redrive-ended',
  target: jobId,
  details: { status, ...results, stoppedKeys, busyKeys },
});
