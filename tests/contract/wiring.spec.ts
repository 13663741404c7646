import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeLock } from '../../local/lock.ts';
import { packagingLock } from '../../local/mesh/deploy.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A handler as its module exports it, with what the code says it answers to. */
interface Handler {
  readonly topics?: readonly string[];
  readonly routes?: readonly string[];
  /** What each route is: a webhook checks a signature itself. */
  readonly operations?: readonly { readonly method: string; readonly path: string; readonly kind: string }[];
}

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let resources: Record<string, Resource>;

const ofType = (type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);
const text = (value: unknown): string => JSON.stringify(value);
const kafkaMappings = () =>
  ofType('AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties }]) => Properties['Topics'] !== undefined,
  );

const INTEGRATION = 'x-amazon-apigateway-integration';
const INTEGRATIONS = 'x-amazon-apigateway-integrations';

/** The document that defines the API, as plugins/http-api.ts writes it. */
interface ApiDocument {
  readonly paths: Record<
    string,
    Record<string, { readonly security?: unknown; readonly [INTEGRATION]: { readonly $ref: string } }>
  >;
  readonly components: {
    readonly securitySchemes: Record<string, unknown>;
    readonly [INTEGRATIONS]: Record<
      string,
      { readonly uri: { readonly 'Fn::Sub': string }; readonly credentials: unknown }
    >;
  };
}
const document = () => resources['HttpApi']?.Properties['Body'] as ApiDocument;
/** By what an operation's `$ref` says. */
const integrations = () =>
  Object.fromEntries(
    Object.entries(document().components[INTEGRATIONS]).map(([name, definition]) => [
      `#/components/${INTEGRATIONS}/${name}`,
      definition,
    ]),
  );

const functions = () =>
  ofType('AWS::Lambda::Function').map(([logicalId, { Properties }]) => ({
    logicalId,
    name: String(Properties['FunctionName']),
    file: String(Properties['Handler']).replace(/\.handler$/, '.ts'),
    // The framework writes plain maps of variables.
    variables: (Properties['Environment'] as { Variables: Record<string, unknown> }).Variables,
  }));

/** Loads a function's module with every variable it is given set to something. */
const load = async (file: string, variables: Record<string, unknown>): Promise<Handler> => {
  for (const name of Object.keys(variables)) {
    process.env[name] ??= name === 'KAFKA_AUTH' ? 'none' : 'https://set.example';
  }
  process.env['AWS_REGION'] ??= 'us-east-1';
  process.env['AWS_LAMBDA_FUNCTION_NAME'] ??= 'event-mesh-test';
  // Every function's module exports a handler: Serverless names it.
  const module = (await import(path.join(root, file))) as { handler: Handler };
  return module.handler;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mesh-package-'));
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  // No credentials: packaging for production needs none.
  const release = await takeLock(packagingLock, 60_000);
  await promisify(execFile)('npx', ['serverless', 'package', '--stage', 'prod', '--package', folder], {
    cwd: root,
    env: { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    timeout: 60_000,
  }).finally(release);
  const template = await readFile(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  resources = (JSON.parse(template) as { Resources: Record<string, Resource> }).Resources;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('functions.yml against the code', () => {
  test('every function subscribes to exactly the topics its code listens to', async () => {
    expect(kafkaMappings().length).toBeGreaterThan(0);
    for (const { logicalId, file, variables, name } of functions()) {
      const subscribed = kafkaMappings()
        .filter(([, { Properties }]) => text(Properties['FunctionName']).includes(`"${logicalId}"`))
        .flatMap(([, { Properties }]) => (Properties['Topics'] as string[]).map(String));
      const { topics = [] } = await load(file, variables);
      expect(subscribed.sort(), name).toEqual([...topics].sort());
    }
  });

  test('every function gets exactly the routes its code answers: signed ones open, each other behind the JWT authorizer', async () => {
    const routes = Object.entries(document().paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([
          method,
          {
            security,
            [INTEGRATION]: { $ref },
          },
        ]) => ({
          route: `${method.toUpperCase()} ${path}`,
          authorization: security ? text(security) : 'open',
          calls: text(integrations()[$ref]?.uri),
        }),
      ),
    );
    const checked = await Promise.all(
      functions().map(async ({ logicalId, file, variables, name }) => {
        const routed = routes
          .filter(({ calls }) => calls.includes(`\${${logicalId}.Arn}`))
          .map(({ route, authorization }) => `${route} ${authorization}`);
        const { routes: answered = [], operations = [] } = await load(file, variables);
        const signed = operations
          .filter(({ kind }) => kind === 'webhook')
          .map(({ method, path }) => `${method} ${path}`);
        const declared = answered.map(
          (route) => `${route} ${signed.includes(route) ? 'open' : text([{ jwt: [] }])}`,
        );
        expect(routed.sort(), name).toEqual(declared.sort());
        return routed.length;
      }),
    );
    // No route leads elsewhere.
    expect(checked.reduce((sum, count) => sum + count, 0)).toBe(routes.length);
  });
});

describe('the packaged template', () => {
  test('every Kafka mapping has window 0, partial responses, the earliest start and a group of its own', () => {
    const groups = kafkaMappings().map(([id, { Properties }]) => {
      expect(Properties, id).toMatchObject({
        MaximumBatchingWindowInSeconds: 0,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        StartingPosition: 'TRIM_HORIZON',
      });
      return text(Properties['AmazonManagedKafkaEventSourceConfig']);
    });
    expect(new Set(groups).size).toBe(groups.length);
  });

  test('no group of pollers has more mappings than Lambda shares it among', () => {
    const groups = kafkaMappings().map(([, { Properties }]) => text(Properties['ProvisionedPollerConfig']));
    expect(groups.length).toBeGreaterThan(70);
    // 100 ("Apache Kafka event poller scaling modes in Lambda", "Poller groups").
    for (const mappings of Map.groupBy(groups, (group) => group).values())
      expect(mappings.length).toBeLessThanOrEqual(100);
  });

  test('every event table streams to the relay, and whatever is done to it', () => {
    const tables = ofType('AWS::DynamoDB::Table').filter(([id]) => id.endsWith('EventsTable'));
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    for (const [id] of tables) {
      const streamed = mappings.filter(({ EventSourceArn }) => text(EventSourceArn).includes(`"${id}"`));
      expect(streamed, id).toHaveLength(1);
      expect(streamed[0], id).not.toHaveProperty('FilterCriteria');
    }
  });

  test('every function has a role of its own, and none may do everything anywhere', () => {
    const roles = functions().map(({ logicalId }) => text(resources[logicalId]?.Properties['Role']));
    expect(new Set(roles).size).toBe(roles.length);
    for (const [id, { Properties }] of ofType('AWS::IAM::Role')) {
      expect(text(Properties), id).not.toMatch(
        /"(\*|dynamodb:\*|kafka-cluster:\*|kafka:\*|states:\*|kms:\*)"[^}]*"Resource"/,
      );
      const statements =
        text(Properties).match(/\{"Effect":"Allow","Action":\[[^\]]*\],"Resource":\["\*"\]\}/g) ?? [];
      for (const statement of statements)
        expect(statement, id).toMatch(/xray:|ec2:|dynamodb:ListStreams|logs:/);
    }
  });

  test('the gateway may call every function behind its routes, by its role, and no other', () => {
    const behind = Object.entries(integrations()).map(([name, { credentials, uri }]) => {
      expect(credentials, name).toEqual({ 'Fn::GetAtt': ['GatewayRole', 'Arn'] });
      const logicalId = /functions\/\$\{(\w+)\.Arn\}\/invocations$/.exec(uri['Fn::Sub'])?.[1];
      return text({ 'Fn::GetAtt': [logicalId, 'Arn'] });
    });
    // As plugins/http-api.ts writes it.
    const [policy] = resources['GatewayRole']?.Properties['Policies'] as [
      { readonly PolicyDocument: { readonly Statement: [{ readonly Resource: unknown[] }] } },
    ];
    const [{ Resource }] = policy.PolicyDocument.Statement;
    expect(Resource.map(text).sort()).toEqual(behind.sort());
  });

  test('the API is one OpenAPI document, and nothing that CloudFormation would not combine with it', async () => {
    expect(ofType('AWS::ApiGatewayV2::Route')).toEqual([]);
    expect(ofType('AWS::ApiGatewayV2::Integration')).toEqual([]);
    expect(ofType('AWS::ApiGatewayV2::Authorizer')).toEqual([]);
    expect(document().components.securitySchemes).toEqual({
      jwt: {
        type: 'oauth2',
        'x-amazon-apigateway-authorizer': {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          jwtConfiguration: {
            issuer: { 'Fn::ImportValue': 'event-mesh-platform-prod-JwtIssuer' },
            audience: [{ 'Fn::ImportValue': 'event-mesh-platform-prod-JwtAudience' }],
          },
        },
      },
    });
  });

  test('the stack stays well under the 500 resources that CloudFormation takes', () => {
    expect(Object.keys(resources).length, 'see "Room" in docs/adr/0015-context-resources.md').toBeLessThan(
      450,
    );
  });

  test('no saga task outlives the time that the state machine gives its attempts', () => {
    const tasks = ofType('AWS::Lambda::Function').filter(([id]) => id.includes('DashsagaDashtasks'));
    const machine = text(
      ofType('AWS::StepFunctions::StateMachine').map(([, { Properties }]) => Properties['DefinitionString']),
    );
    const shortest = Math.min(
      ...[...machine.matchAll(/TimeoutSeconds[^\d]+(\d+)/g)].map(([, seconds]) => Number(seconds)),
    );
    expect(tasks).toHaveLength(4);
    for (const [id, { Properties }] of tasks) expect(Properties['Timeout'], id).toBeLessThanOrEqual(shortest);
  });

  test('every function runs on nodejs24.x and arm64 from one artifact and keeps its logs for a set time', () => {
    const all = ofType('AWS::Lambda::Function');
    for (const [id, { Properties }] of all) {
      expect(Properties, id).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    expect(new Set(all.map(([, { Properties }]) => text(Properties['Code']))).size).toBe(1);
    for (const [id, { Properties }] of ofType('AWS::Logs::LogGroup'))
      expect(Properties['RetentionInDays'], id).toBe(30);
  });
});
