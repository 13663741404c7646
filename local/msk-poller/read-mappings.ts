import { compileFilter, FilterPatternError } from './filter.ts';
import { isObject, type JsonObject } from './json-object.ts';
import type { Mapping, StartingPosition } from './mapping.ts';
import { readDestination } from './read-destination.ts';
import { checkPollerGroups, readPollers, refuseOnDemand } from './read-pollers.ts';
import { readBoolean, readInteger, TemplateError, type Fail } from './read-properties.ts';
import { effectiveRetryAttempts } from './retry-policy.ts';
import { resolveFunctionName, resolveFunctionTimeout, resolveText } from './template-intrinsics.ts';

/** "Only support functions with maximum timeout limits of 14 minutes": AWS page "Configuring Amazon MSK event sources for Lambda". */
const LONGEST_FUNCTION_TIMEOUT_S = 14 * 60;

/**
 * Reads the Kafka event source mappings of a CloudFormation template: the AWS::Lambda::EventSourceMapping resources that
 * have Topics; those of DynamoDB streams, Kinesis and queues are passed over.
 * Defaults and bounds: AWS page "All Amazon MSK event source configuration parameters in Lambda".
 *
 * @throws TemplateError when the template has no Resources or a Kafka mapping breaks AWS's rules.
 */
export function readMappings(template: unknown, region: string): Mapping[] {
  if (!isObject(template) || !isObject(template['Resources'])) {
    throw new TemplateError('not a CloudFormation template: it has no "Resources" object');
  }
  const mappings = Object.entries(template['Resources']).flatMap(([id, resource]) => {
    if (!isObject(resource) || resource['Type'] !== 'AWS::Lambda::EventSourceMapping') return [];
    const properties = resource['Properties'];
    if (!isObject(properties) || properties['Topics'] === undefined) return [];
    return [readMapping(id, properties, template, region)];
  });
  checkPollerGroups(mappings);
  return mappings;
}

function readMapping(id: string, properties: JsonObject, template: JsonObject, region: string): Mapping {
  const fail = (message: string): TemplateError => new TemplateError(`${id}: ${message}`);
  const selfManaged = properties['SelfManagedEventSource'] !== undefined;
  const functionName = resolveFunctionName(properties['FunctionName'], template);
  if (functionName === undefined) {
    throw fail(
      `FunctionName cannot be resolved in this template: ${JSON.stringify(properties['FunctionName'])}`,
    );
  }
  const timeout = resolveFunctionTimeout(properties['FunctionName'], template);
  if (timeout !== undefined && timeout > LONGEST_FUNCTION_TIMEOUT_S)
    throw fail(
      `FunctionName: ${functionName} has a Timeout of ${timeout} s; a Kafka mapping takes 840 s at most`,
    );
  const topic = readTopic(properties['Topics'], template, fail);
  return {
    id,
    functionName,
    functionArn: functionName.startsWith('arn:')
      ? functionName
      : `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    enabled: readBoolean(properties, 'Enabled', true, fail),
    eventSource: selfManaged ? 'SelfManagedKafka' : 'aws:kafka',
    eventSourceArn: selfManaged ? undefined : readArn(properties['EventSourceArn'], template, region),
    topic,
    groupId: readGroupId(id, properties, template, fail),
    batchSize: readInteger(properties, 'BatchSize', { default: 100, min: 1, max: 10_000 }, fail),
    // AWS waits 500 ms unless a whole number of seconds, 0 included, is written out.
    windowMs:
      readInteger(properties, 'MaximumBatchingWindowInSeconds', { default: 0.5, min: 0, max: 300 }, fail) *
      1000,
    startingPosition: readStartingPosition(properties, fail),
    filter: readFilter(properties['FilterCriteria'], fail),
    reportBatchItemFailures: readResponseTypes(properties['FunctionResponseTypes'], fail),
    ...readErrorHandling(properties, template, region, topic, fail),
  };
}

type ErrorHandling = Pick<
  Mapping,
  'maximumRetryAttempts' | 'maximumRecordAgeMs' | 'bisectBatchOnFunctionError' | 'onFailure' | 'provisioned'
>;

/** AWS page: "Configuring error handling controls for Kafka event sources". */
function readErrorHandling(
  properties: JsonObject,
  template: JsonObject,
  region: string,
  topic: string,
  fail: Fail,
): ErrorHandling {
  const provisioned = readPollers(properties, fail);
  const isProvisioned = provisioned !== undefined;
  const onFailure = readDestination(properties, { template, region, topic, isProvisioned }, fail);
  const attempts = { default: -1, min: 0, max: 10_000, infinite: -1 };
  const age = { default: -1, min: 60, max: 604_800, infinite: -1 };
  const ageSeconds = readInteger(properties, 'MaximumRecordAgeInSeconds', age, fail);
  const written = readInteger(properties, 'MaximumRetryAttempts', attempts, fail);
  const bisectBatchOnFunctionError = readBoolean(properties, 'BisectBatchOnFunctionError', false, fail);
  if (!isProvisioned) refuseOnDemand(properties, fail);
  return {
    maximumRetryAttempts: effectiveRetryAttempts(written, onFailure !== undefined),
    maximumRecordAgeMs: ageSeconds === -1 ? Infinity : ageSeconds * 1000,
    bisectBatchOnFunctionError,
    onFailure,
    provisioned,
  };
}

function readTopic(topics: unknown, template: JsonObject, fail: Fail): string {
  // "Topics: the name of the Kafka topic", a list of exactly one.
  if (!Array.isArray(topics) || topics.length !== 1) throw fail('Topics must be a list of one topic');
  const topic = resolveText(topics[0], template);
  if (topic === undefined)
    throw fail(`Topics[0] cannot be resolved in this template: ${JSON.stringify(topics[0])}`);
  return topic;
}

function readGroupId(id: string, properties: JsonObject, template: JsonObject, fail: Fail): string {
  const config =
    properties['AmazonManagedKafkaEventSourceConfig'] ?? properties['SelfManagedKafkaEventSourceConfig'];
  const groupId = isObject(config) ? config['ConsumerGroupId'] : undefined;
  // AWS makes up a unique id; the logical id is unique here and, unlike a random one, survives a restart.
  if (groupId === undefined) return id;
  const resolved = resolveText(groupId, template);
  if (resolved === undefined)
    throw fail(`ConsumerGroupId cannot be resolved in this template: ${JSON.stringify(groupId)}`);
  return resolved;
}

function readArn(arn: unknown, template: JsonObject, region: string): string {
  // The ARN is only passed on to the function, so an unresolvable import gets a stand-in of the right shape.
  return resolveText(arn, template) ?? `arn:aws:kafka:${region}:000000000000:cluster/local/local`;
}

function readStartingPosition(properties: JsonObject, fail: Fail): StartingPosition {
  const position = properties['StartingPosition'] ?? 'TRIM_HORIZON';
  if (position === 'TRIM_HORIZON' || position === 'LATEST') return { at: position };
  if (position !== 'AT_TIMESTAMP')
    throw fail(
      `StartingPosition must be TRIM_HORIZON, LATEST or AT_TIMESTAMP, not ${JSON.stringify(position)}`,
    );
  const seconds = properties['StartingPositionTimestamp'];
  if (typeof seconds !== 'number' || seconds < 0)
    throw fail('StartingPositionTimestamp: AT_TIMESTAMP needs one, in Unix seconds');
  if (seconds * 1000 > Date.now()) throw fail(`StartingPositionTimestamp ${seconds} is in the future`);
  return { at: 'AT_TIMESTAMP', timestampMs: Math.round(seconds * 1000) };
}

function readFilter(criteria: unknown, fail: Fail): Mapping['filter'] {
  if (criteria === undefined) return undefined;
  const filters = isObject(criteria) ? (criteria['Filters'] ?? []) : undefined;
  if (!Array.isArray(filters)) throw fail('FilterCriteria.Filters must be a list');
  const patterns = filters.map((filter: unknown) => {
    const pattern = isObject(filter) ? filter['Pattern'] : undefined;
    if (typeof pattern !== 'string') throw fail('every filter of FilterCriteria needs a Pattern string');
    return pattern;
  });
  if (patterns.length === 0) return undefined;
  try {
    return compileFilter(patterns);
  } catch (error) {
    if (error instanceof FilterPatternError) throw fail(`FilterCriteria: ${error.message}`);
    throw error;
  }
}

function readResponseTypes(types: unknown, fail: Fail): boolean {
  if (types === undefined) return false;
  if (!Array.isArray(types) || types.some((type) => type !== 'ReportBatchItemFailures')) {
    throw fail('FunctionResponseTypes can only list ReportBatchItemFailures');
  }
  return types.length > 0;
}
