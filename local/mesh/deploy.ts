import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { logTail } from '../engines/engine-error.ts';
import { startGuarded } from '../engines/guarded-process.ts';
import { environmentFor } from '../engines/ministack.ts';
import { takeLock } from '../lock.ts';
import { projectPaths } from '../project-paths.ts';

export interface DeployOptions {
  /** The instance's folder: the log and the template are put there. */
  readonly folder: string;
  readonly aws: string;
  readonly stage: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Deployment {
  readonly apiId: string;
  /** A copy of the packaged CloudFormation template. */
  readonly template: string;
}

/** `serverless deploy` did not succeed; the message has the end of what it printed. */
class DeployFailed extends Error {
  readonly code = 'DEPLOY_FAILED';
}

const DEPLOY_WITHIN_MS = 180_000;

/** The lock that everybody takes who writes .serverless and .build of this working copy. */
export const packagingLock = join(projectPaths.mesh, 'packaging.lock');

async function runDeploy({ folder, aws, stage, params, signal }: DeployOptions): Promise<void> {
  const logFile = join(folder, 'logs', 'deploy.log');
  const deploy = await startGuarded({
    command: join(projectPaths.bin, 'serverless'),
    args: [
      'deploy',
      '--stage',
      stage,
      ...Object.entries(params).map(([key, value]) => `--param=${key}=${value}`),
    ],
    cwd: projectPaths.root,
    // The framework asks for the stack's state every 5 s otherwise: several times the deploy itself.
    env: { ...environmentFor(aws), SLS_AWS_MONITORING_FREQUENCY: '250', SLS_NOTIFICATIONS_MODE: 'off' },
    logFile,
  });
  const stop = (): void => void deploy.stop();
  signal?.addEventListener('abort', stop);
  const deadline = new AbortController();
  try {
    const exit = await Promise.race([
      deploy.exited,
      pause(DEPLOY_WITHIN_MS, undefined, { signal: deadline.signal }),
    ]);
    signal?.throwIfAborted();
    if (exit?.code === 0) return;
    const how = exit === undefined ? `did not end within ${String(DEPLOY_WITHIN_MS / 1000)} s` : 'failed';
    throw new DeployFailed(
      `serverless deploy ${how}:\n${logTail(logFile, 40)}\n` +
        `  what to do: the whole output is in ${logFile}; ` +
        '`npx serverless package --stage local` shows most mistakes without a running mesh',
    );
  } finally {
    deadline.abort();
    signal?.removeEventListener('abort', stop);
    await deploy.stop();
  }
}

const Apis = z.object({ items: z.array(z.object({ apiId: z.string(), name: z.string() })) });

async function onlyApi(aws: string): Promise<string> {
  const response = await fetch(`${aws}/v2/apis`);
  const { items } = Apis.parse(await response.json());
  const [api] = items;
  if (api === undefined || items.length > 1) {
    throw new DeployFailed(`the deploy should have made one HTTP API, there are ${String(items.length)}`);
  }
  return api.apiId;
}

/**
 * Deploys the project with its own `serverless deploy` to the emulator.
 *
 * @throws DeployFailed
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  // Two instances may start at once, and both build in this working copy.
  const release = await takeLock(packagingLock, DEPLOY_WITHIN_MS);
  const template = join(options.folder, 'template.json');
  try {
    await runDeploy(options);
    const packaged = join(projectPaths.root, '.serverless', 'cloudformation-template-update-stack.json');
    copyFileSync(packaged, template);
  } finally {
    release();
  }
  return { apiId: await onlyApi(options.aws), template };
}
