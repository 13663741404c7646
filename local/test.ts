import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectPaths } from './project-paths.ts';
import { countTests, type TestCount } from './test-count.ts';

/** Runs vitest (all projects, or as the arguments say) and closes with the line `N passed, N failed`. */
const report = join(projectPaths.mesh, `test-results-${String(process.pid)}.json`);

function runVitest(args: readonly string[]): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=TimeoutNegativeWarning',
      join(projectPaths.root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: projectPaths.root, stdio: 'inherit' },
  );
  const stop = (): void => void child.kill('SIGTERM');
  // Ctrl-C reaches vitest by itself, it is in the terminal's group; the rest has to be passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  process.once('disconnect', stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

function readCount(exitCode: number): TestCount {
  try {
    return countTests(JSON.parse(readFileSync(report, 'utf8')), exitCode);
  } catch (error) {
    // Without a report nothing ran to its end: the exit code says that it is not a success.
    console.error(`vitest left no report: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(report, { force: true });
  }
}

mkdirSync(projectPaths.mesh, { recursive: true });
const exitCode = await runVitest(process.argv.slice(2));
const { passed, failed } = readCount(exitCode);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(exitCode === 0 && failed > 0 ? 1 : exitCode);
