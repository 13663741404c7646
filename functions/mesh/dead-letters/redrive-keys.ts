import pMap from 'p-map';
import type { Timing } from '../../../shared/consume/lanes.ts';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';
import { logger } from '../../../shared/observe/telemetry.ts';
import { MAX_RECORDS, type AskConsumer } from './ask-consumer.ts';
import { leaseKey, liftHold, releaseKey } from './key-holds.ts';
import type { Letter } from './letter.ts';
import type { LetterTable } from './letter-table.ts';
import { markRedriven } from './mark-letters.ts';
import { queueOf } from './read-letters.ts';
import {
  counted,
  stopped,
  type Progress,
  type RedriveJob,
  type RedriveKey,
  type Stop,
} from './redrive-job.ts';
import { fitting, loadAll, type Loaded } from './redrive-request.ts';

const IN_PARALLEL = 16;
const MAX_LIFTS = 10;
const MAX_MESSAGE = 500;
/** A worker's own end; it asks nobody whose answer it has no time for (`ENOUGH_MS`). */
const AFTERMATH_MS = 60_000;

/** What a worker stands on. */
export interface RedriveMeans {
  readonly table: LetterTable;
  readonly ask: AskConsumer;
  readonly timing: Pick<Timing, 'now' | 'wait' | 'remaining'>;
  /** Holds the job's speed: resolves when so many letters may be handed over. */
  readonly pace: (letters: number) => Promise<void>;
  /** Keeps the job and its progress; false when the worker has to stop. */
  readonly goOn: (progress: Progress) => Promise<boolean>;
}

/** A key at work. */
interface Run {
  readonly key: RedriveKey;
  queue: readonly Letter[];
  lifts: number;
}

/**
 * Redrives some keys of one consumer beside each other, each in its own order, and lifts the holds of those that
 * have nothing left. A key that fails stands as it is; the others go on.
 * @returns the progress; its `keys` are those that a stop left undone
 */
export const redriveKeys = async (
  means: RedriveMeans,
  job: RedriveJob,
  before: Progress,
): Promise<Progress> => {
  const { table, timing } = means;
  const until = new Date(timing.now() + timing.remaining() + AFTERMATH_MS);
  let progress = before;
  const runs = await pMap(before.keys, (key) => begin(table, key, job, until), { concurrency: IN_PARALLEL });
  progress = { ...progress, busyKeys: progress.busyKeys + runs.filter((run) => run === 'busy').length };
  let active = runs.filter((run): run is Run => run !== 'busy' && run !== 'nothing');
  let narrow = false;
  try {
    while (active.length > 0) {
      progress = { ...progress, keys: active.map(({ key }) => key) };
      if (!(await means.goOn(progress))) return progress;
      const requests = await nextRequest(table, active, narrow ? 1 : Math.min(MAX_RECORDS, job.rate));
      const letters = [...requests.values()].flat();
      await means.pace(letters.length);
      const outcomes = await outcomesOf(means.ask, letters);
      // One of several may be what breaks the function: from now on one at a time.
      if (outcomes === undefined && letters.length > 1) narrow = true;
      else {
        await enter(table, job, letters, outcomes);
        const steps = await pMap(
          active,
          (run) => advance(table, job, run, requests.get(run) ?? [], outcomes),
          {
            concurrency: IN_PARALLEL,
          },
        );
        const results = [...(outcomes?.values() ?? [])].map(({ result }) => result);
        progress = steps.reduce(
          (sum, { stop }) => (stop ? stopped(sum, stop) : sum),
          counted(
            progress,
            results.filter((result) => result !== 'held'),
          ),
        );
        active = active.filter((_, i) => steps[i]?.more);
      }
    }
    return { ...progress, keys: [] };
  } finally {
    await pMap(before.keys, ({ consumerKey }) => releaseKey(table, consumerKey, job.jobId), {
      concurrency: IN_PARALLEL,
    });
  }
};

/** Outcomes by letter; undefined when there was no answer. */
type Outcomes = ReadonlyMap<string, RedriveOutcome> | undefined;

const begin = async (
  table: LetterTable,
  key: RedriveKey,
  { jobId }: RedriveJob,
  until: Date,
): Promise<Run | 'busy' | 'nothing'> => {
  const { consumerKey, position } = key;
  const queue = ofKey(await queueOf(table, consumerKey), key);
  // What has no key holds nothing and is in nobody's way.
  const keyless = queue.length > 0 && queue.every((letter) => letter.key === null);
  if (!keyless && !(await leaseKey(table, consumerKey, jobId, until))) return 'busy';
  if (queue.length > 0) return { key, queue, lifts: 0 };
  // Nothing parked any more: a worker may have ended between its last letter and the hold.
  if (position === undefined) await liftHold(table, consumerKey, jobId);
  return 'nothing';
};

/** The letters that a key stands for, as far as it may go: a single letter only from the head of its queue. */
const ofKey = (queue: readonly Letter[], { position }: RedriveKey): readonly Letter[] => {
  if (position === undefined) return queue.filter(({ key }) => key !== null);
  const letter = queue.find((each) => each.position === position);
  const isFirst = letter?.key === null || queue.find(({ key }) => key !== null) === letter;
  return letter && isFirst ? [letter] : [];
};

/** The next letters of every active key, all for one function, as many as fit. */
const nextRequest = async (
  table: LetterTable,
  active: readonly Run[],
  limit: number,
): Promise<ReadonlyMap<Run, readonly Loaded[]>> => {
  const functionName = active[0]?.queue[0]?.functionName;
  const share = Math.max(1, Math.floor(limit / active.length));
  const wanted = active
    .slice(0, limit)
    .map((run) => {
      const other = run.queue.findIndex((letter) => letter.functionName !== functionName);
      return { run, letters: run.queue.slice(0, other < 0 ? share : Math.min(share, other)) };
    })
    .filter(({ letters }) => letters.length > 0);
  const loaded = await loadAll(
    table,
    wanted.flatMap(({ letters }) => letters),
  );
  const fit = new Set(fitting(loaded));
  return new Map(
    wanted.map(({ run, letters }) => {
      const names = new Set(letters.map(({ letterId }) => letterId));
      const ofRun = loaded.filter(({ letter }) => names.has(letter.letterId));
      // Settled by somebody else since the queue was read.
      run.queue = run.queue.filter(
        ({ letterId }) => !names.has(letterId) || ofRun.some(({ letter }) => letter.letterId === letterId),
      );
      return [run, ofRun.filter((each) => fit.has(each))];
    }),
  );
};

const outcomesOf = async (ask: AskConsumer, letters: readonly Loaded[]): Promise<Outcomes> => {
  const [first] = letters;
  if (!first) return new Map();
  try {
    const records = letters.map(({ record }) => record);
    const outcomes = await ask(first.letter.functionName, { redrive: 'apply', records });
    return new Map(
      letters.flatMap(({ letter }, i) => {
        const outcome = outcomes[i];
        return outcome ? [[letter.letterId, outcome]] : [];
      }),
    );
  } catch (error) {
    logger.error('a redrive got no answer', { function: first.letter.functionName, error });
    return undefined;
  }
};

/** Enters in the table what became of the letters. */
const enter = async (
  table: LetterTable,
  { jobId, requestedBy }: RedriveJob,
  letters: readonly Loaded[],
  outcomes: Outcomes,
): Promise<void> => {
  await pMap(
    letters,
    async ({ letter }) => {
      const outcome = outcomes?.get(letter.letterId);
      if (outcome) await markRedriven(table, letter, outcome, { job: jobId, by: requestedBy });
    },
    { concurrency: IN_PARALLEL },
  );
};

interface Step {
  readonly more: boolean;
  readonly stop?: Stop;
}

const NO_ANSWER = 'its function gave no answer: the log of mesh-redrive has the error';
const NOT_RUN = 'not run: time was up, or what the consumer depends on is down';

/** Moves a key on behind what was done, and lifts its hold at the end. A stop is the letter it cannot get past. */
const advance = async (
  table: LetterTable,
  { jobId }: RedriveJob,
  run: Run,
  asked: readonly Loaded[],
  outcomes: Outcomes,
): Promise<Step> => {
  const { consumerKey, position } = run.key;
  const ends = asked.map(({ letter: { letterId } }) => ({ letterId, ...outcomes?.get(letterId) }));
  const barrier = ends.find(({ result = 'held' }) => result === 'held' || result === 'failed');
  const done = barrier ? ends.indexOf(barrier) : ends.length;
  run.queue = run.queue.slice(done);
  // Held behind others that were done: there was no time for more, and the next request goes on from here.
  if (barrier && (done === 0 || barrier.result === 'failed')) {
    const { code, message } = barrier.cause ?? { code: 'not-run', message: outcomes ? NOT_RUN : NO_ANSWER };
    return {
      more: false,
      stop: { letterId: barrier.letterId, code, message: message.slice(0, MAX_MESSAGE) },
    };
  }
  if (run.queue.length > 0) return { more: true };
  if (await liftHold(table, consumerKey, jobId)) return { more: false };
  run.lifts += 1;
  run.queue = position === undefined ? ofKey(await queueOf(table, consumerKey), run.key) : [];
  return { more: run.queue.length > 0 && run.lifts < MAX_LIFTS };
};
