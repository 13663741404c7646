import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import type { Subject } from './schedule.ts';
import type { SearchOptions, SearchResult } from './search.ts';

/** A thread waits for DynamoDB Local most of its time. */
const THREADS = availableParallelism() + 1;
/** Enough to be worth a thread's start, few enough to keep all threads at work to the end. */
const SCHEDULES_PER_SEARCH = 600;

export interface Exploration {
  readonly subject: Subject;
  readonly runs: number;
  readonly seen: Readonly<Record<string, number>>;
  readonly smallest: SearchResult['smallest'];
}

/**
 * Explores consumers, several searches beside each other, each with a seed of its own that follows from `seed`. Once
 * a consumer has broken a promise, no further search of it is begun.
 * @param schedules how many for each consumer
 */
export const exploreAll = async (
  endpoint: string,
  subjects: readonly Subject[],
  schedules: number,
  seed: number,
): Promise<readonly Exploration[]> => {
  const results: SearchResult[] = [];
  const free = Array.from({ length: THREADS }, (_, share) => share);
  await pMap(
    searchesOf(subjects, schedules, seed),
    async (wanted) => {
      if (results.some(({ subject, smallest }) => subject === wanted.subject && smallest)) return;
      const share = free.pop() ?? 0;
      results.push(await inThread({ ...wanted, endpoint, share }));
      free.push(share);
    },
    { concurrency: THREADS },
  );
  return subjects.map((subject) =>
    together(
      subject,
      results.filter((result) => result.subject === subject),
    ),
  );
};

/** Consumers in turn, so that one that fails is known early. */
const searchesOf = (subjects: readonly Subject[], schedules: number, seed: number) =>
  Array.from({ length: Math.ceil(schedules / SCHEDULES_PER_SEARCH) }, (_, i) =>
    subjects.map((subject, at) => ({
      subject,
      schedules: Math.min(SCHEDULES_PER_SEARCH, schedules - i * SCHEDULES_PER_SEARCH),
      seed: seed + i * subjects.length + at,
    })),
  ).flat();

const inThread = (options: SearchOptions): Promise<SearchResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('search-worker.ts', import.meta.url), { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      // After a message or an error this changes nothing.
      reject(new Error(`a search ended without a result (exit code ${code})`));
    });
  });

const together = (subject: Subject, results: readonly SearchResult[]): Exploration => {
  const seen: Record<string, number> = {};
  for (const result of results)
    for (const [what, times] of Object.entries(result.seen)) seen[what] = (seen[what] ?? 0) + times;
  return {
    subject,
    runs: results.reduce((sum, { runs }) => sum + runs, 0),
    seen,
    // Of several the shortest story is the one to read.
    smallest: results
      .flatMap(({ smallest }) => smallest ?? [])
      .sort((a, b) => a.run.story.length - b.run.story.length)[0],
  };
};
