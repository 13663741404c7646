import type { CfnResource, FunctionDefinition, Serverless } from './serverless.ts';

/** Properties of a Kafka event source mapping that the framework's `msk` event does not know, as CloudFormation has them. */
const PASSED_ON = {
  maximumRetryAttempts: 'MaximumRetryAttempts',
  maximumRecordAgeInSeconds: 'MaximumRecordAgeInSeconds',
  bisectBatchOnFunctionError: 'BisectBatchOnFunctionError',
  functionResponseTypes: 'FunctionResponseTypes',
  destinationConfig: 'DestinationConfig',
} as const;

/** AWS page: "Configuring error handling controls for Kafka event sources". */
const ERROR_HANDLING = {
  maximumRetryAttempts: { type: 'integer', minimum: -1, maximum: 10_000 },
  maximumRecordAgeInSeconds: {
    anyOf: [{ const: -1 }, { type: 'integer', minimum: 60, maximum: 604_800 }],
  },
  bisectBatchOnFunctionError: { type: 'boolean' },
  functionResponseTypes: { type: 'array', items: { enum: ['ReportBatchItemFailures'] } },
  destinationConfig: {
    type: 'object',
    properties: {
      OnFailure: {
        type: 'object',
        properties: { Destination: { anyOf: [{ type: 'string' }, { type: 'object' }] } },
        required: ['Destination'],
        additionalProperties: false,
      },
    },
    required: ['OnFailure'],
    additionalProperties: false,
  },
};

/** What `custom.consumer` may say. The framework looks at events before they get it, so it is checked by itself. */
const CONSUMER = {
  ...ERROR_HANDLING,
  startingPosition: { enum: ['LATEST', 'TRIM_HORIZON', 'AT_TIMESTAMP'] },
  startingPositionTimestamp: { type: 'number' },
  batchSize: { type: 'integer', minimum: 1, maximum: 10_000 },
  maximumBatchingWindow: { type: 'integer', minimum: 0, maximum: 300 },
  // AWS page: "Apache Kafka event poller scaling modes in Lambda".
  provisionedPollerConfig: {
    type: 'object',
    properties: {
      minimumPollers: { type: 'integer', minimum: 1, maximum: 200 },
      maximumPollers: { type: 'integer', minimum: 1, maximum: 2_000 },
      pollerGroupName: { type: 'string' },
    },
    additionalProperties: false,
  },
};

interface MskEvent extends Partial<Record<keyof typeof PASSED_ON, unknown>> {
  readonly arn: unknown;
  readonly topic: string;
  readonly maximumBatchingWindow?: number;
  readonly provisionedPollerConfig?: { readonly pollerGroupName?: string };
}

type ServerlessWithCustom = Serverless & {
  readonly configSchemaHandler: { defineCustomProperties(schema: object): void };
};

/** Gives the framework's `msk` event what it lacks, validated like the rest; a batching window of 0 stays 0. */
export default class MskEvents {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: ServerlessWithCustom) {
    const { configSchemaHandler } = serverless;
    configSchemaHandler.defineFunctionEventProperties('aws', 'msk', { properties: ERROR_HANDLING });
    configSchemaHandler.defineCustomProperties({
      properties: { consumer: { type: 'object', properties: CONSUMER, additionalProperties: false } },
    });
    this.hooks = {
      'before:package:compileEvents': () => applyDefaults(serverless),
      'after:package:compileEvents': () => patch(serverless),
    };
  }
}

const mskEvents = ({ events = [] }: FunctionDefinition): MskEvent[] =>
  // The framework has validated the event against its schema and ours.
  events.flatMap(({ msk }) => (msk ? [msk as MskEvent] : []));

/** What `custom.consumer` says holds for every mapping that does not say otherwise. */
const applyDefaults = ({ service }: Serverless): void => {
  for (const definition of Object.values(service.functions)) {
    for (const event of mskEvents(definition)) Object.assign(event, { ...service.custom.consumer, ...event });
  }
};

const patch = (serverless: Serverless): void => {
  const { service, classes } = serverless;
  const { naming } = serverless.getProvider('aws');
  const mappings = Object.values(service.provider.compiledCloudFormationTemplate.Resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' && Properties['Topics'] !== undefined,
  );
  for (const [name, definition] of Object.entries(service.functions)) {
    for (const event of mskEvents(definition)) {
      const mapping = mappings.find((candidate) =>
        connects(candidate, event.topic, naming.getLambdaLogicalId(name)),
      );
      if (!mapping)
        throw new classes.Error(`${name}: no event source mapping was made for topic ${event.topic}`);
      complete(mapping, event);
    }
  }
};

const complete = ({ Properties }: CfnResource, event: MskEvent): void => {
  if (event.maximumBatchingWindow === 0) Properties['MaximumBatchingWindowInSeconds'] = 0;
  const group = event.provisionedPollerConfig?.pollerGroupName;
  if (group !== undefined) {
    // The framework has made it of the numbers, which are all that it knows.
    Properties['ProvisionedPollerConfig'] = Object.assign({}, Properties['ProvisionedPollerConfig'], {
      PollerGroupName: group,
    });
  }
  for (const [from, to] of Object.entries(PASSED_ON)) {
    // The keys of PASSED_ON are the optional properties of MskEvent.
    const value = event[from as keyof typeof PASSED_ON];
    if (value !== undefined) Properties[to] = value;
  }
};

const connects = ({ Properties }: CfnResource, topic: string, functionId: string): boolean =>
  JSON.stringify(Properties['Topics']) === JSON.stringify([topic]) &&
  JSON.stringify(Properties['FunctionName']).includes(`"${functionId}"`);
