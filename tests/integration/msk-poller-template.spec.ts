import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mapping } from '../../local/msk-poller/mapping.ts';
import { readMappings } from '../../local/msk-poller/read-mappings.ts';

const root = path.resolve(import.meta.dirname, '../..');
const serverless = path.join(root, 'node_modules', '.bin', 'serverless');
let folder: string;

/** A service of one function that reads `orders`, and what `custom.consumer` says of its mapping. */
const service = (consumer: object) => ({
  service: 'tiny',
  provider: { name: 'aws', runtime: 'nodejs24.x', deploymentMethod: 'direct' },
  plugins: ['./plugins/msk-events.ts'],
  custom: { consumer },
  functions: {
    summary: {
      handler: 'summary.handler',
      events: [{ msk: { arn: 'arn:aws:kafka:us-east-1:1:cluster/c/1-1', topic: 'orders' } }],
    },
  },
});

/** Packages the service with the project's own framework and plugin; rejects with what the framework says against it. */
async function packaged(consumer: object): Promise<Mapping | undefined> {
  await writeFile(path.join(folder, 'serverless.json'), JSON.stringify(service(consumer)));
  await promisify(execFile)(serverless, ['package', '--package', '.out'], { cwd: folder });
  const template = await readFile(
    path.join(folder, '.out', 'cloudformation-template-update-stack.json'),
    'utf8',
  );
  return readMappings(JSON.parse(template), 'us-east-1')[0];
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'msk-template-'));
  await cp(path.join(root, 'plugins'), path.join(folder, 'plugins'), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(folder, 'summary.js'), 'export const handler = () => null;\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what custom.consumer says reaches the template, and the poller reads it there', () => {
  it('carries every property of the mapping', async () => {
    const mapping = await packaged({
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestamp: 1_700_000_000,
      batchSize: 50,
      maximumBatchingWindow: 0,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: 3,
      maximumRecordAgeInSeconds: 3_600,
      bisectBatchOnFunctionError: true,
      destinationConfig: { OnFailure: { Destination: 'kafka://failed' } },
      provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 2, pollerGroupName: 'mesh' },
    });
    expect(mapping).toMatchObject({
      startingPosition: { at: 'AT_TIMESTAMP', timestampMs: 1_700_000_000_000 },
      batchSize: 50,
      windowMs: 0,
      reportBatchItemFailures: true,
      maximumRetryAttempts: 3,
      maximumRecordAgeMs: 3_600_000,
      bisectBatchOnFunctionError: true,
      onFailure: { kind: 'kafka', topic: 'failed' },
      provisioned: { minimum: 1, maximum: 2, group: 'mesh' },
    });
  });

  it.each([
    [
      'an unknown property',
      { maximumRetries: 3 },
      /custom\.consumer.*unrecognized property 'maximumRetries'/s,
    ],
    ['a record age below a minute', { maximumRecordAgeInSeconds: 30 }, /maximumRecordAgeInSeconds/],
    ['a destination without a name', { destinationConfig: { OnFailure: {} } }, /Destination/],
  ])('is refused with %s', async (_case, consumer, message) => {
    const error: unknown = await packaged(consumer).catch((failure: unknown) => failure);
    // execFile rejects with what the command wrote.
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    expect(stdout + stderr).toMatch(message);
  });
});
