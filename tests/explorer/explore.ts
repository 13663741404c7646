import './lambda-environment.ts';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamodbLocal } from '../../local/engines/dynamodb-local.ts';
import { projectPaths } from '../../local/project-paths.ts';
import { exploreAll, type Exploration } from './explore-all.ts';
import { readArguments, UsageError, type ExplorerArguments } from './explorer-arguments.ts';
import type { Run } from './run-schedule.ts';
import { printSchedule, type Schedule } from './schedule.ts';
import { Stage } from './search.ts';

/** The consumers of the mesh, and how they are called for a reader. */
const ours = ['statement', 'journal', 'rewards'] as const;
const titles = {
  statement: 'a complete projection',
  journal: 'a projection that joins accounts',
  rewards: 'a policy with mail and a command',
  naive: 'the naive consumer (check, process, then mark)',
} as const;

const NAIVE_SCHEDULES = 500;
const MAX_STORY_LINES = 60;

const readOrEnd = (): ExplorerArguments => {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
};

const printStory = (schedule: Schedule, { story, broken }: Run): void => {
  for (const line of story.slice(0, MAX_STORY_LINES)) console.log(`    ${line}`);
  if (story.length > MAX_STORY_LINES) console.log(`    … and ${story.length - MAX_STORY_LINES} lines more`);
  for (const promise of broken) console.log(`  promise ${promise}`);
  console.log(`  npm run explore -- --replay '${printSchedule(schedule)}'\n`);
};

const printExploration = ({ subject, runs, seen, smallest }: Exploration): void => {
  const counts = Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(`${titles[subject]}: ${runs} schedules, ${smallest ? 'broken' : 'every promise held'}`);
  console.log(`  ${counts.map(([what, times]) => `${what} ${times}`).join(', ')}`);
  if (smallest) {
    console.log('  the smallest schedule that breaks it:');
    printStory(smallest.schedule, smallest.run);
  }
};

const searchAll = async (endpoint: string, schedules: number, seed: number): Promise<boolean> => {
  console.log(`seed ${seed}\n`);
  const [naive] = await exploreAll(endpoint, ['naive'], Math.min(NAIVE_SCHEDULES, schedules), seed);
  if (naive) printExploration(naive);
  const started = performance.now();
  const explorations = await exploreAll(endpoint, ours, Math.ceil(schedules / ours.length), seed);
  explorations.forEach(printExploration);
  const total = explorations.reduce((sum, { runs }) => sum + runs, 0);
  console.log(`${total} schedules over ours in ${Math.round((performance.now() - started) / 1_000)} s`);
  const caught = naive?.smallest !== undefined;
  const held = explorations.every(({ smallest }) => smallest === undefined);
  console.log(`${caught ? 'PASS' : 'FAIL'}  the naive consumer is caught`);
  console.log(`${held ? 'PASS' : 'FAIL'}  nothing is found in ours`);
  return caught && held;
};

const replay = async (endpoint: string, schedule: Schedule): Promise<boolean> => {
  await using stage = new Stage(endpoint, 0);
  const run = await stage.run(schedule);
  console.log(`${titles[schedule.subject]}: ${run.broken.length > 0 ? 'broken' : 'every promise held'}`);
  printStory(schedule, run);
  return run.broken.length === 0;
};

const wanted = readOrEnd();
const folder = join(projectPaths.mesh, 'explore', String(process.pid));
mkdirSync(folder, { recursive: true });
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
// DynamoDB Local ends with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const dynamodb = await startDynamodbLocal({ folder, heapMb: 1_024 });
try {
  const held =
    wanted.mode === 'replay'
      ? await replay(dynamodb.endpoint, wanted.schedule)
      : await searchAll(dynamodb.endpoint, wanted.schedules, wanted.seed ?? Date.now() % 2 ** 31);
  process.exitCode = held ? 0 : 1;
} finally {
  await dynamodb.stop();
}
