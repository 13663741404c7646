import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.ts';
import { packagingLock } from './mesh/deploy.ts';
import { projectPaths } from './project-paths.ts';
import { createProgress } from './setup/progress.mjs';

/** The fast gate: what can be known without starting anything. Steps run beside each other, the longest first. */
interface Step {
  readonly name: string;
  /** Throws Failed when the step does not pass. */
  readonly run: () => Promise<void>;
}

/** A tool found something: its output. */
class Failed extends Error {}

const cache = join(projectPaths.mesh, 'cache');
const packageFolder = join(projectPaths.mesh, 'check', 'package');
const PACKAGE_WITHIN_MS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Packaging must not need an account, so it gets none. */
function withoutCredentials(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
}

function tool(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settings = { cwd: projectPaths.root, maxBuffer: MAX_OUTPUT_BYTES, ...options };
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Failed(`${stdout}${stderr}`.trim() || error.message));
    });
  });
}

async function packageAndLint(): Promise<void> {
  const release = await takeLock(packagingLock, PACKAGE_WITHIN_MS);
  try {
    await tool('serverless', ['package', '--stage', 'prod', '--package', packageFolder], {
      env: withoutCredentials(),
    });
  } finally {
    release();
  }
  await tool('cfn-lint', [join(packageFolder, 'cloudformation-template-update-stack.json')]);
}

const sources = ['functions', 'shared', 'statemachines', 'plugins', 'local', 'bench', 'tests', 'docs'].filter(
  (folder) => existsSync(join(projectPaths.root, folder)),
);

/** Files whose exports somebody other than our own code asks for: Lambda, the framework, vitest. */
const entryFiles = ['/handlers/', '/plugins/', '/tests/setup/', 'vitest\\.config'];

const steps: readonly Step[] = [
  { name: 'eslint', run: () => tool('eslint', ['--max-warnings', '0', '.']) },
  {
    name: 'tsc',
    run: () => tool('tsc', ['-p', '.', '--incremental', '--tsBuildInfoFile', join(cache, 'tsc.json')]),
  },
  { name: 'unit tests', run: () => tool('vitest', ['run', '--project', 'unit', '--reporter=dot']) },
  // serverless-step-functions validates the state machines (asl-validator) while packaging: `validate: true`.
  { name: 'serverless package, cfn-lint', run: packageAndLint },
  // Also the gate for schemas: one that breaks what was published does not pass (promise 8).
  { name: 'generated documents', run: () => tool(process.execPath, ['docs/generate.ts', '--check']) },
  { name: 'import rules', run: () => tool('depcruise', sources) },
  {
    name: 'prettier',
    run: () => tool('prettier', ['--check', '--cache', '--cache-location', join(cache, 'prettier'), '.']),
  },
  {
    name: 'unused exports',
    run: () =>
      tool('ts-unused-exports', [
        'tsconfig.json',
        '--allowUnusedTypes',
        `--excludePathsFromReport=${entryFiles.join(';')}`,
      ]),
  },
];

async function runSteps(): Promise<readonly string[]> {
  const progress = createProgress();
  const waiting = [...steps];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      progress.start(step.name);
      try {
        await step.run();
        progress.done(step.name);
      } catch (error) {
        progress.fail(step.name);
        failures.push(`── ${step.name} ──\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return failures;
}

mkdirSync(cache, { recursive: true });
const failures = await runSteps();
if (failures.length > 0) {
  console.error(
    `\n${failures.join('\n\n')}\n\n${String(failures.length)} of ${String(steps.length)} steps failed`,
  );
  process.exitCode = 1;
}
