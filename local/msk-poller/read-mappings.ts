import { compileFilter, FilterPatternError } from './filter.ts';
import type { Mapping, StartingPosition } from './mapping.ts';
import { resolveFunctionName, resolveText } from './template-intrinsics.ts';
import { isObject, type JsonObject } from './json-object.ts';

/** A template, or a mapping in it, that cannot be used; the message names the resource and the property. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

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
  return Object.entries(template['Resources']).flatMap(([id, resource]) => {
    if (!isObject(resource) || resource['Type'] !== 'AWS::Lambda::EventSourceMapping') return [];
    const properties = resource['Properties'];
    if (!isObject(properties) || properties['Topics'] === undefined) return [];
    return [readMapping(id, properties, template, region)];
  });
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
  return {
    id,
    functionName,
    enabled: readBoolean(properties, 'Enabled', true, fail),
    eventSource: selfManaged ? 'SelfManagedKafka' : 'aws:kafka',
    eventSourceArn: selfManaged ? undefined : readArn(properties['EventSourceArn'], template, region),
    topic: readTopic(properties['Topics'], template, fail),
    groupId: readGroupId(id, properties, template, fail),
    batchSize: readInteger(properties, 'BatchSize', { default: 100, min: 1, max: 10_000 }, fail),
    // AWS waits 500 ms unless a whole number of seconds, 0 included, is written out.
    windowMs:
      readInteger(properties, 'MaximumBatchingWindowInSeconds', { default: 0.5, min: 0, max: 300 }, fail) *
      1000,
    startingPosition: readStartingPosition(properties, fail),
    filter: readFilter(properties['FilterCriteria'], fail),
    reportBatchItemFailures: readResponseTypes(properties['FunctionResponseTypes'], fail),
    maximumRetryAttempts: readInteger(
      properties,
      'MaximumRetryAttempts',
      { default: -1, min: -1, max: 10_000 },
      fail,
    ),
  };
}

type Fail = (message: string) => TemplateError;

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
    throw fail('AT_TIMESTAMP needs StartingPositionTimestamp in Unix seconds');
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

function readBoolean(properties: JsonObject, name: string, fallback: boolean, fail: Fail): boolean {
  const value = properties[name] ?? fallback;
  // Serverless and YAML converters write "true" as text, which CloudFormation accepts.
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw fail(`${name} must be true or false, not ${JSON.stringify(value)}`);
}

function readInteger(
  properties: JsonObject,
  name: string,
  bounds: { default: number; min: number; max: number },
  fail: Fail,
): number {
  const written = properties[name];
  if (written === undefined) return bounds.default;
  const value = typeof written === 'string' ? Number(written) : written;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < bounds.min || value > bounds.max) {
    throw fail(
      `${name} must be a whole number from ${bounds.min} to ${bounds.max}, not ${JSON.stringify(written)}`,
    );
  }
  return value;
}
