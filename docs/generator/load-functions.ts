import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { variablesOf } from '../../plugins/function-access.ts';

const root = path.resolve(import.meta.dirname, '../..');

const stageSchema = z.object({
  functions: z.record(
    z.string(),
    z.object({
      handler: z.string(),
      description: z.string(),
      environment: z.record(z.string(), z.unknown()).default({}),
      uses: z.array(z.string()).default([]),
      events: z
        .array(
          z.object({
            httpApi: z
              .object({
                method: z.string(),
                path: z.string(),
                authorizer: z.object({ name: z.string() }).optional(),
              })
              .optional(),
            msk: z.object({ topic: z.string(), consumerGroupId: z.string() }).optional(),
            stream: z.object({ arn: z.object({ 'Fn::GetAtt': z.array(z.string()) }) }).optional(),
          }),
        )
        .default([]),
    }),
  ),
});

export interface Route {
  readonly method: string;
  readonly path: string;
  /** Behind the JWT authorizer: the gateway turns away who has no token. */
  readonly authorized: boolean;
}

export interface MeshFunction {
  readonly name: string;
  /** The module of its handler, relative to the project's root. */
  readonly file: string;
  readonly description: string;
  readonly uses: readonly string[];
  /** The environment variables that it is given of its own, by `uses:` and by `environment:`. */
  readonly variables: readonly string[];
  readonly routes: readonly Route[];
  readonly subscriptions: readonly { readonly topic: string; readonly consumerGroup: string }[];
  /** Logical ids of the tables whose streams it reads. */
  readonly streams: readonly string[];
  /** The commands that the order saga sends it, in the order of the state machine. */
  readonly sagaCommands: readonly string[];
}

/** `order-saga-tasks` → `OrderDashsagaDashtasksLambdaFunction`, as the framework names it in the template. */
const logicalId = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}LambdaFunction`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The commands in a state machine's calls of a function, wherever in its definition they are. */
const commandsTo = (id: string, part: unknown): string[] => {
  if (!isObject(part)) return [];
  const { FunctionName, Payload } = part;
  const called =
    JSON.stringify(FunctionName ?? '').includes(`"${id}"`) && isObject(Payload) ? Payload['command'] : [];
  return [called, ...Object.values(part).map((child) => commandsTo(id, child))]
    .flat()
    .filter((command) => typeof command === 'string');
};

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
  const machine: unknown = JSON.parse(stateMachine);
  const { functions } = stageSchema.parse(JSON.parse(stdout));
  return Object.entries(functions).map(([name, { handler, description, environment, uses, events }]) => ({
    name,
    file: handler.replace(/\.[^.]+$/, '.ts'),
    description,
    uses,
    variables: [...variablesOf(uses), ...Object.keys(environment)],
    routes: events.flatMap(({ httpApi }) =>
      httpApi
        ? [{ method: httpApi.method, path: httpApi.path, authorized: httpApi.authorizer?.name === 'jwt' }]
        : [],
    ),
    subscriptions: events.flatMap(({ msk }) =>
      msk ? [{ topic: msk.topic, consumerGroup: msk.consumerGroupId }] : [],
    ),
    streams: events.flatMap(({ stream }) => stream?.arn['Fn::GetAtt'][0] ?? []),
    sagaCommands: [...new Set(commandsTo(logicalId(name), machine))],
  }));
};
