import type { CfnResource, FunctionDefinition, Serverless } from './serverless.ts';

/** Properties of a Kafka event source mapping that the framework's `msk` event does not know, as CloudFormation has them. */
const PASSED_ON = {
  maximumRetryAttempts: 'MaximumRetryAttempts',
  maximumRecordAgeInSeconds: 'MaximumRecordAgeInSeconds',
  bisectBatchOnFunctionError: 'BisectBatchOnFunctionError',
  functionResponseTypes: 'FunctionResponseTypes',
  destinationConfig: 'DestinationConfig',
} as const;

const SCHEMA = {
  properties: {
    maximumRetryAttempts: { type: 'integer', minimum: -1, maximum: 10_000 },
    maximumRecordAgeInSeconds: { type: 'integer', minimum: -1, maximum: 604_800 },
    bisectBatchOnFunctionError: { type: 'boolean' },
    functionResponseTypes: { type: 'array', items: { enum: ['ReportBatchItemFailures'] } },
    destinationConfig: { type: 'object' },
  },
};

interface MskEvent extends Partial<Record<keyof typeof PASSED_ON, unknown>> {
  readonly arn: unknown;
  readonly topic: string;
  readonly maximumBatchingWindow?: number;
}

/** Gives the framework's `msk` event what it lacks, validated like the rest; a batching window of 0 stays 0. */
export default class MskEvents {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    serverless.configSchemaHandler.defineFunctionEventProperties('aws', 'msk', SCHEMA);
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
      if (event.maximumBatchingWindow === 0) mapping.Properties['MaximumBatchingWindowInSeconds'] = 0;
      for (const [from, to] of Object.entries(PASSED_ON)) {
        // The keys of PASSED_ON are the optional properties of MskEvent.
        const value = event[from as keyof typeof PASSED_ON];
        if (value !== undefined) mapping.Properties[to] = value;
      }
    }
  }
};

const connects = ({ Properties }: CfnResource, topic: string, functionId: string): boolean =>
  JSON.stringify(Properties['Topics']) === JSON.stringify([topic]) &&
  JSON.stringify(Properties['FunctionName']).includes(`"${functionId}"`);
