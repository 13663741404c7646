import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { anySchedule } from './any-schedule.ts';
import { runSchedule, type Run } from './run-schedule.ts';
import type { Schedule, Subject } from './schedule.ts';
import { createTables, explorerClient, type Tables } from './world/tables.ts';
import { holdTime } from './world/virtual-clock.ts';

export interface SearchOptions {
  readonly endpoint: string;
  /** Searches that run beside each other have different ones. */
  readonly share: number;
  readonly subject: Subject;
  readonly schedules: number;
  readonly seed: number;
}

/** What a search saw, and the smallest schedule that breaks a promise, if there is one. */
export interface SearchResult {
  readonly subject: Subject;
  /** Schedules that were run, those of shrinking among them. */
  readonly runs: number;
  readonly seen: Readonly<Record<string, number>>;
  readonly smallest: { readonly schedule: Schedule; readonly run: Run } | undefined;
}

/** A table keeps every world that was in it; new ones now and then keep DynamoDB Local small. */
const WORLDS_PER_TABLES = 1_000;

/** Where schedules run: tables, and time in hand. One in a thread. */
export class Stage implements AsyncDisposable {
  readonly #client;
  readonly #time = holdTime();
  #tables: Tables | undefined;
  #worlds = 0;

  constructor(endpoint: string, share: number) {
    this.#client = explorerClient(endpoint, share);
  }

  async run(schedule: Schedule): Promise<Run> {
    if (this.#worlds % WORLDS_PER_TABLES === 0) this.#tables = await createTables(this.#client);
    this.#worlds += 1;
    if (!this.#tables) throw new Error('there are no tables');
    return runSchedule(`w${randomUUID().slice(0, 8)}`, schedule, this.#client, this.#tables);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#time[Symbol.dispose]();
    this.#client.destroy();
  }
}

class Broken extends Error {}

/** Looks for a schedule under which a consumer breaks a promise, and for the smallest such. */
export const search = async ({
  endpoint,
  share,
  subject,
  schedules,
  seed,
}: SearchOptions): Promise<SearchResult> => {
  await using stage = new Stage(endpoint, share);
  const seen: Record<string, number> = {};
  let runs = 0;
  const property = fc.asyncProperty(anySchedule(subject), async (schedule) => {
    const run = await stage.run(schedule);
    runs += 1;
    for (const [what, times] of Object.entries(run.seen)) seen[what] = (seen[what] ?? 0) + times;
    if (run.broken.length > 0) throw new Broken(run.broken.join('; '));
  });
  const { counterexample, errorInstance } = await fc.check(property, {
    numRuns: schedules,
    seed,
    unbiased: true,
  });
  const [schedule] = counterexample ?? [];
  if (!schedule) return { subject, runs, seen, smallest: undefined };
  if (!(errorInstance instanceof Broken)) throw errorInstance;
  return { subject, runs, seen, smallest: { schedule, run: await stage.run(schedule) } };
};
