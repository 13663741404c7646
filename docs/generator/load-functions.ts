import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../..');

const stageSchema = z.object({
  functions: z.record(
    z.string(),
    z.object({
      description: z.string(),
      uses: z.array(z.string()).default([]),
      events: z
        .array(
          z.object({
            httpApi: z.object({ method: z.string(), path: z.string() }).optional(),
            msk: z.object({ topic: z.string(), consumerGroupId: z.string() }).optional(),
            stream: z.object({ arn: z.object({ 'Fn::GetAtt': z.array(z.string()) }) }).optional(),
          }),
        )
        .default([]),
    }),
  ),
});

export interface MeshFunction {
  readonly name: string;
  readonly description: string;
  readonly uses: readonly string[];
  readonly routes: readonly string[];
  readonly subscriptions: readonly { readonly topic: string; readonly consumerGroup: string }[];
  /** Logical ids of the tables whose streams it reads. */
  readonly streams: readonly string[];
  readonly calledBySaga: boolean;
}

/** `order-saga-tasks` → `OrderDashsagaDashtasksLambdaFunction`, as the framework names it in the template. */
const logicalId = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}LambdaFunction`;

/** Every function as the framework reads it from the functions.yml files, in their order. */
export const loadFunctions = async (): Promise<readonly MeshFunction[]> => {
  const { stdout } = await promisify(execFile)(
    path.join(root, 'node_modules', '.bin', 'serverless'),
    ['print', '--stage', 'prod', '--format', 'json'],
    {
      cwd: root,
      // What is printed does not depend on whose account this machine has.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    },
  );
  const stateMachine = await readFile(path.join(root, 'statemachines/order-saga.asl.json'), 'utf8');
  const { functions } = stageSchema.parse(JSON.parse(stdout));
  return Object.entries(functions).map(([name, { description, uses, events }]) => ({
    name,
    description,
    uses,
    routes: events.flatMap(({ httpApi }) => (httpApi ? [`${httpApi.method} ${httpApi.path}`] : [])),
    subscriptions: events.flatMap(({ msk }) =>
      msk ? [{ topic: msk.topic, consumerGroup: msk.consumerGroupId }] : [],
    ),
    streams: events.flatMap(({ stream }) => stream?.arn['Fn::GetAtt'][0] ?? []),
    calledBySaga: stateMachine.includes(`"${logicalId(name)}"`),
  }));
};
