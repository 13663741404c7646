import { describe, expect, it } from 'vitest';
import { readMappings } from './read-mappings.ts';
import { TemplateError } from './read-properties.ts';
import { readOne } from './testing/read-one.ts';

describe('readMappings', () => {
  it('fills in the defaults of "All Amazon MSK event source configuration parameters in Lambda"', () => {
    expect(readOne({})).toEqual({
      id: 'Mapping',
      functionName: 'orders-summary',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders-summary',
      enabled: true,
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn:aws:kafka:x',
      topic: 'orders',
      groupId: 'Mapping',
      batchSize: 100,
      windowMs: 500,
      startingPosition: { at: 'TRIM_HORIZON' },
      filter: undefined,
      reportBatchItemFailures: false,
      maximumRetryAttempts: -1,
      maximumRecordAgeMs: Infinity,
      bisectBatchOnFunctionError: false,
      onFailure: undefined,
      provisioned: undefined,
    });
  });

  it('takes what is written', () => {
    const mapping = readOne({
      Enabled: false,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'order.summary' },
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 0,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 1_700_000_000,
      FilterCriteria: { Filters: [{ Pattern: '{"value":{"type":["A"]}}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: 'kafka://orders.failed' } },
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1, PollerGroupName: 'mesh' },
    });
    expect(mapping).toMatchObject({
      enabled: false,
      groupId: 'order.summary',
      batchSize: 500,
      windowMs: 0,
      startingPosition: { at: 'AT_TIMESTAMP', timestampMs: 1_700_000_000_000 },
      reportBatchItemFailures: true,
      maximumRetryAttempts: 3,
      maximumRecordAgeMs: 60_000,
      bisectBatchOnFunctionError: true,
      onFailure: { kind: 'kafka', topic: 'orders.failed' },
      provisioned: { minimum: 1, maximum: 1, group: 'mesh' },
    });
    expect(mapping.filter?.(Buffer.from('{"type":"B"}'))).toBe(false);
  });

  it('passes over other resources and the mappings of streams and queues', () => {
    const stream = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: 'relay', EventSourceArn: 'arn:stream' },
    };
    expect(readMappings({ Resources: { stream } }, 'us-east-1')).toEqual([]);
  });

  it.each([
    ['a name', 'my-function', 'my-function'],
    ['an ARN', 'arn:aws:lambda:us-east-1:1:function:f', 'arn:aws:lambda:us-east-1:1:function:f'],
    ['Ref', { Ref: 'Summary' }, 'orders-summary'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Summary', 'Arn'] }, 'orders-summary'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Summary.Arn' }, 'orders-summary'],
  ])('finds the function by %s', (_form, FunctionName, expected) => {
    expect(readOne({ FunctionName }).functionName).toBe(expected);
  });

  it.each([
    ['a literal', 'arn:aws:kafka:a', 'arn:aws:kafka:a'],
    ['a parameter with a default', { Ref: 'Cluster' }, 'arn:aws:kafka:default'],
    [
      'an import, by a stand-in',
      { 'Fn::ImportValue': 'msk' },
      'arn:aws:kafka:eu-west-1:000000000000:cluster/local/local',
    ],
  ])('passes on the cluster ARN from %s', (_form, EventSourceArn, expected) => {
    const more = { Parameters: { Cluster: { Type: 'String', Default: 'arn:aws:kafka:default' } } };
    expect(readOne({ EventSourceArn }, more).eventSourceArn).toBe(expected);
  });

  it('reads a self-managed Kafka mapping, whose events have no ARN', () => {
    const mapping = readOne({
      EventSourceArn: undefined,
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['b:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g' },
    });
    expect(mapping).toMatchObject({
      eventSource: 'SelfManagedKafka',
      eventSourceArn: undefined,
      groupId: 'g',
    });
  });

  it.each([
    ['BatchSize', 0],
    ['BatchSize', 10_001],
    ['BatchSize', 1.5],
    ['MaximumBatchingWindowInSeconds', 301],
    ['MaximumRetryAttempts', -2],
    ['StartingPosition', 'EARLIEST'],
    ['Enabled', 'yes'],
    ['FunctionResponseTypes', ['Something']],
    ['FilterCriteria', { Filters: [{ Pattern: '{' }] }],
    ['FilterCriteria', { Filters: [{}] }],
    ['Topics', []],
    ['Topics', ['a', 'b']],
    ['FunctionName', { 'Fn::Sub': '${AWS::StackName}-f' }],
    ['FunctionName', { Ref: 'Mapping' }],
  ])('refuses %s %j, naming the mapping and the property', (name, value) => {
    expect(() => readOne({ [name]: value })).toThrow(TemplateError);
    expect(() => readOne({ [name]: value })).toThrow(new RegExp(`^Mapping: .*${name}`));
  });

  it.each([[null], [[]], [{}], [{ Resources: [] }]])('refuses %j as no template', (value) => {
    expect(() => readMappings(value, 'us-east-1')).toThrow(TemplateError);
  });
});
