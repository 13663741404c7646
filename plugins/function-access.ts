import { contextOf, eventsTableOf, logGroupOf, prefixOf, viewsTableOf } from './context-resources.ts';
import type { FunctionDefinition, Serverless } from './serverless.ts';

/** What one `uses:` entry gives a function: environment variables, and the statements its role needs for them. */
interface Access {
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
}

const arn = (logicalId: string): object => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const table = (variable: string, logicalId: string, ...actions: string[]): Access => ({
  environment: { [variable]: { Ref: logicalId } },
  statements: [{ actions: actions.map((action) => `dynamodb:${action}`), resources: [arn(logicalId)] }],
});

const both = (...accesses: readonly Access[]): Access => ({
  environment: Object.assign({}, ...accesses.map(({ environment }) => environment)) as Access['environment'] &
    object,
  statements: accesses.flatMap(({ statements }) => statements),
});

/** The table of customers' wrapped keys, and what may be asked of the key that wraps them (ADR 16). */
const personalData = (onTable: readonly string[], onKey: readonly string[]): Access =>
  both(table('CUSTOMER_KEYS_TABLE', 'CustomerKeysTable', ...onTable), {
    environment: { PERSONAL_DATA_KEY: arn('PersonalDataKey') },
    statements:
      onKey.length > 0
        ? [{ actions: onKey.map((action) => `kms:${action}`), resources: [arn('PersonalDataKey')] }]
        : [],
  });

/** A letter and its hold are written in one transaction (`TransactWriteItems` asks for the rights of its parts). */
const PARK = ['PutItem', 'UpdateItem'] as const;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * Everything a function can be given, by name. Tables of a context are named by rule (`OrderEventsTable`,
 * `OrderViewsTable`), so a function can only ever be given its own context's.
 */
const accessTo = (
  context: string,
  custom: MeshSettings,
  named: { readonly saga: object; readonly consumers: readonly string[]; readonly redrive: string },
): Readonly<Record<string, () => Access>> => {
  const events = eventsTableOf(context);
  const views = viewsTableOf(context);
  const saga = { Ref: 'OrderSaga' };
  const executions = {
    'Fn::Sub': 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${OrderSaga.Name}:*',
  };
  return {
    'events:append': () => table('EVENTS_TABLE', events, 'Query', 'PutItem'),
    'events:read': () => table('EVENTS_TABLE', events, 'Query', 'Scan'),
    'views:read': () => table('VIEWS_TABLE', views, 'BatchGetItem', 'Query'),
    'views:write': () => table('VIEWS_TABLE', views, 'BatchGetItem', 'PartiQLInsert', 'PartiQLUpdate'),
    idempotency: () =>
      table('IDEMPOTENCY_TABLE', 'IdempotencyTable', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    'dead-letters': () => table('DEAD_LETTERS_TABLE', 'DeadLettersTable', ...PARK),
    consume: () =>
      both(
        table('DEAD_LETTERS_TABLE', 'DeadLettersTable', ...PARK, 'GetItem', 'BatchGetItem'),
        table('LEDGER_TABLE', 'LedgerTable', 'GetItem', 'PutItem'),
      ),
    ledger: () =>
      both(table('LEDGER_TABLE', 'LedgerTable', 'BatchGetItem', 'PutItem', 'Query', 'Scan'), {
        environment: { DEAD_LETTERS_TABLE: { Ref: 'DeadLettersTable' } },
        statements: [
          {
            actions: ['dynamodb:Query'],
            resources: [{ 'Fn::Sub': '${DeadLettersTable.Arn}/index/for-review' }],
          },
        ],
      }),
    'personal-data': () => personalData(['GetItem', 'PutItem'], ['GenerateDataKey', 'Decrypt']),
    'personal-data:open': () => personalData(['GetItem'], ['Decrypt']),
    'personal-data:destroy': () => personalData(['UpdateItem'], []),
    circuits: () => table('CIRCUITS_TABLE', `${capital(context)}CircuitsTable`, 'GetItem', 'PutItem'),
    'dead-letters:read': () => table('DEAD_LETTERS_TABLE', 'DeadLettersTable', 'GetItem', 'Query'),
    'dead-letters:review': () =>
      both(
        table(
          'DEAD_LETTERS_TABLE',
          'DeadLettersTable',
          ...PARK,
          'GetItem',
          'DeleteItem',
          'ConditionCheckItem',
          'Query',
          'Scan',
        ),
        {
          statements: [
            {
              actions: ['dynamodb:Query', 'dynamodb:Scan'],
              resources: [{ 'Fn::Sub': '${DeadLettersTable.Arn}/index/*' }],
            },
          ],
        },
      ),
    // Redrives and rehearsals hand records to the functions behind the consumers. By name: a reference would tie
    // every consumer to the desk.
    'consumers:invoke': () => ({
      statements: [{ actions: ['lambda:InvokeFunction'], resources: named.consumers.map(namedFunction) }],
    }),
    'redrive:start': () => ({
      environment: { REDRIVE_FUNCTION: named.redrive },
      statements: [{ actions: ['lambda:InvokeFunction'], resources: [namedFunction(named.redrive)] }],
    }),
    'task-tokens': () => table('TASK_TOKENS_TABLE', 'TaskTokensTable', 'GetItem', 'PutItem'),
    'saga:start': () => ({
      environment: { ORDER_SAGA_ARN: saga },
      statements: [{ actions: ['states:StartExecution'], resources: [saga] }],
    }),
    'saga:read': () => ({
      environment: { ORDER_SAGA_ARN: saga },
      statements: [
        {
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
          resources: [executions],
        },
      ],
    }),
    'saga:list': () => ({ statements: [{ actions: ['states:ListExecutions'], resources: [saga] }] }),
    'saga:resume': () => ({
      statements: [{ actions: ['states:StopExecution'], resources: [executions] }],
    }),
    'stalled-sagas': () => table('STALLED_SAGAS_TABLE', 'StalledSagasTable', 'Scan', 'PutItem', 'DeleteItem'),
    // A task's token is its own authorisation; IAM knows only the state machine (Step Functions, "SendTaskSuccess").
    // By name: the state machine refers to this function, so the function cannot refer to it.
    'saga:answer': () => ({
      statements: [
        { actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'], resources: [named.saga] },
      ],
    }),
    'mail:send': () => ({
      environment: { MAIL_SENDER: custom.mailSender },
      statements: [
        {
          actions: ['ses:SendEmail'],
          resources: [{ 'Fn::Sub': 'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*' }],
        },
      ],
    }),
    'kafka:publish': () => ({
      environment: { KAFKA_BROKERS: custom.kafkaBrokers, KAFKA_AUTH: custom.kafkaAuth },
      statements: [
        {
          actions: ['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'],
          resources: [custom.mskClusterArn],
        },
        {
          actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
          resources: [clusterChild(custom.mskClusterArn, 'topic', '*')],
        },
      ],
    }),
  };
};

/** The names of the environment variables that these `uses:` set. An entry that nobody knows sets none. */
export const variablesOf = (uses: readonly string[]): readonly string[] => {
  const settings = { mskClusterArn: '', kafkaBrokers: '', kafkaAuth: '', mailSender: '' };
  const known = accessTo('', settings, { saga: {}, consumers: [], redrive: '' });
  return uses.flatMap((use) => Object.keys(known[use]?.().environment ?? {}));
};

const namedFunction = (name: string): object => ({
  'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}`,
});

const namedStateMachine = (name: string): object => ({
  'Fn::Sub': `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:${name}`,
});

interface MeshSettings {
  readonly mskClusterArn: unknown;
  readonly kafkaBrokers: unknown;
  readonly kafkaAuth: unknown;
  readonly mailSender: unknown;
}

/** The ARN of a cluster's topic or group: the cluster's with another resource type (Amazon MSK, "IAM access control"). */
const clusterChild = (clusterArn: unknown, kind: 'topic' | 'group', name: string): object => ({
  'Fn::Join': [`:${kind}/`, { 'Fn::Split': [':cluster/', { 'Fn::Join': ['/', [clusterArn, name]] }] }],
});

/** What the triggers of a function need: reading its streams, its topics under its consumer groups, its network. */
const accessForEvents = (
  { events = [], vpc }: FunctionDefinition,
  { mskClusterArn }: MeshSettings,
): Statement[] => {
  const statements: Statement[] = [];
  // Serverless has validated both shapes against its schema.
  const streams = events.flatMap(({ stream }) => (stream ? [(stream as { arn: unknown }).arn] : []));
  const topics = events.flatMap(({ msk }) =>
    msk ? [msk as { topic: string; consumerGroupId: string }] : [],
  );
  if (streams.length > 0) {
    statements.push({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: streams,
    });
    // ListStreams names no single stream (Service Authorization Reference, DynamoDB).
    statements.push({ actions: ['dynamodb:ListStreams'], resources: ['*'] });
  }
  if (topics.length > 0) {
    statements.push(
      {
        actions: [
          'kafka:DescribeCluster',
          'kafka:DescribeClusterV2',
          'kafka:GetBootstrapBrokers',
          'kafka-cluster:Connect',
        ],
        resources: [mskClusterArn],
      },
      {
        actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        resources: topics.map(({ topic }) => clusterChild(mskClusterArn, 'topic', topic)),
      },
      {
        actions: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        resources: topics.map(({ consumerGroupId }) => clusterChild(mskClusterArn, 'group', consumerGroupId)),
      },
    );
  }
  if (topics.length > 0 || vpc) {
    // Network interfaces have no names to restrict to before they exist (AWS Lambda, "MSK permissions").
    statements.push({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    });
  }
  return statements;
};

const roleOf = (statements: readonly Statement[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
      ],
    },
    Policies: [
      {
        PolicyName: 'access',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map(({ actions, resources }) => ({
            Effect: 'Allow',
            Action: actions,
            Resource: resources,
          })),
        },
      },
    ],
  },
});

/**
 * `uses:` on a function says what it touches; this plugin makes of it the environment variables and a role of
 * its own with exactly those rights (ADR 8). An entry that nobody knows stops the packaging.
 */
export default class FunctionAccess {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { uses: { type: 'array', items: { type: 'string' } } },
    });
    this.hooks = { 'before:package:setupProviderConfiguration': () => grant(serverless) };
  }
}

const grant = (serverless: Serverless): void => {
  const { service, classes } = serverless;
  const { naming } = serverless.getProvider('aws');
  const consumers = Object.values(service.functions)
    .filter(({ events = [] }) => events.some(({ msk }) => msk))
    .map(({ name }) => name);
  for (const [name, definition] of Object.entries(service.functions)) {
    const context = contextOf(name);
    const prefix = prefixOf(name, definition);
    const known = accessTo(context, service.custom.mesh, {
      saga: namedStateMachine(`${prefix}-order-saga`),
      redrive: `${prefix}-mesh-redrive`,
      consumers,
    });
    const granted = (definition.uses ?? []).map((use) => {
      const access = known[use];
      if (!access)
        throw new classes.Error(`${name} uses "${use}": it can use ${Object.keys(known).join(', ')}`);
      return access();
    });
    const logicalId = `${naming.getLambdaLogicalId(name).replace(/LambdaFunction$/, '')}Role`;
    const logs: Statement = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // A reference, so that the group is there, with its retention, before the function first writes.
      resources: [arn(logGroupOf(context))],
    };
    const tracing: Statement = {
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      resources: ['*'],
    };
    const statements = [
      ...granted.flatMap((access) => access.statements),
      ...accessForEvents(definition, service.custom.mesh),
    ];
    const variables = granted.flatMap(({ environment }) => Object.entries(environment ?? {}));
    definition.environment = { ...Object.fromEntries(variables), ...definition.environment };
    definition.role = arn(logicalId);
    service.resources.Resources[logicalId] = roleOf([logs, tracing, ...statements]);
  }
};
