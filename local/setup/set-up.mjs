import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { paths } from './paths.mjs';
import { findTool } from './prerequisites.mjs';
import { createProgress } from './progress.mjs';
import { steps } from './steps.mjs';

const LOCK = join(paths.mesh, 'setup.lock');

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error.code === 'EPERM';
  }
}

/** Takes the lock, over a holder that was killed; answers whether it could. */
function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = existsSync(LOCK) ? Number(readFileSync(LOCK, 'utf8')) : 0;
  // 0: it was just released, or its holder is about to write its number.
  if (holder > 0 && !isRunning(holder)) rmSync(LOCK, { force: true });
  return false;
}

/** One set-up at a time: a second `npm test` waits for the first one's npm ci instead of ruining it. */
async function withLock(progress, work) {
  mkdirSync(paths.mesh, { recursive: true });
  for (let tries = 0; !tryLock(); tries++) {
    if (tries === 1) progress.line('… another set-up is running in this folder: waiting for it');
    await pause(500);
  }
  const release = () => rmSync(LOCK, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function makeStep(step, tools, progress) {
  progress.start(step.title);
  try {
    await step.make(tools);
    progress.done(step.title);
    return true;
  } catch (error) {
    progress.fail(step.title);
    progress.line(`${error.message}\n  what to do: ${step.todo}`);
    return false;
  }
}

async function findTools(needed, progress) {
  const keys = [...new Set(needed.flatMap((step) => step.tools))];
  const found = await Promise.all(keys.map(async (key) => [key, await findTool(key)]));
  const complaints = found.flatMap(([, { complaint }]) => complaint ?? []);
  complaints.forEach((complaint) => progress.line(complaint));
  return complaints.length > 0
    ? undefined
    : Object.fromEntries(found.map(([key, { command }]) => [key, command]));
}

/**
 * Makes what is missing or stale of the named steps, all of them beside each other. Says nothing when
 * nothing is to be done. Answers false when a tool is missing or a step failed, after saying so.
 */
export async function setUp(names) {
  const progress = createProgress();
  const wanted = names.map((name) => steps[name]);
  const toDo = () => wanted.filter((step) => step.always === true || !step.isCurrent());

  const tools = await findTools(toDo(), progress);
  if (tools === undefined) return false;
  if (toDo().every((step) => step.always === true)) return true;

  return withLock(progress, async () => {
    // Looked at again: whoever held the lock before may have done the work.
    const made = await Promise.all(
      toDo()
        .filter((step) => step.always !== true)
        .map((step) => makeStep(step, tools, progress)),
    );
    return made.every(Boolean);
  });
}
