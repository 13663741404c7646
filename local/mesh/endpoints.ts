import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { projectPaths } from '../project-paths.ts';

/** The instance that `npm start` runs. */
export const DEFAULT_INSTANCE = 'default';

/** Where a running mesh listens: the content of endpoints.json. */
export const Endpoints = z.object({
  instance: z.string(),
  /** Base URL of the HTTP API; append a path such as `/orders`. */
  api: z.url(),
  /** Kafka bootstrap servers, `host:port`. */
  brokers: z.array(z.string()),
  /** Endpoint of every AWS service. */
  aws: z.url(),
  region: z.string(),
  stage: z.string(),
  /** The fake providers. */
  providers: z.object({ paymentGateway: z.url(), carrier: z.url() }),
  issuer: z.string(),
  audience: z.string(),
  userPoolId: z.string(),
  clientId: z.string(),
  apiId: z.string(),
  /** Folder of the logs. */
  logs: z.string(),
  pids: z.object({
    mesh: z.int(),
    kafka: z.int().optional(),
    ministack: z.int().optional(),
    'msk-poller': z.int().optional(),
  }),
});
export type Endpoints = z.infer<typeof Endpoints>;

/** The folder of an instance: its data and logs. */
export const instanceFolder = (instance: string): string => join(projectPaths.mesh, instance);

/** `.mesh/endpoints.json` for the default instance, `.mesh/<instance>/endpoints.json` for others. */
const endpointsFile = (instance: string): string =>
  instance === DEFAULT_INSTANCE
    ? join(projectPaths.mesh, 'endpoints.json')
    : join(instanceFolder(instance), 'endpoints.json');

/** Writes the file in one piece: a reader sees the old content or the new, never half of it. */
export function writeEndpoints(endpoints: Endpoints): void {
  const file = endpointsFile(endpoints.instance);
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, `${JSON.stringify(endpoints, null, 2)}\n`);
  renameSync(fresh, file);
}

export function removeEndpoints(instance: string): void {
  rmSync(endpointsFile(instance), { force: true });
}

/** Where the instance listens; undefined when it is not running (or does not say so yet). */
export function readEndpoints(instance: string = DEFAULT_INSTANCE): Endpoints | undefined {
  let text: string;
  try {
    text = readFileSync(endpointsFile(instance), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return Endpoints.parse(JSON.parse(text));
}
