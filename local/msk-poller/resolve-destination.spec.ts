import { describe, expect, it } from 'vitest';
import { resolveDestination } from './resolve-destination.ts';

const TEMPLATE = {
  Parameters: { Destination: { Type: 'String', Default: 'kafka://failed' } },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'failed' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'failed' } },
    Nameless: { Type: 'AWS::SQS::Queue' },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'failed' } },
  },
};

describe('resolveDestination', () => {
  it.each([
    ['a literal', 'kafka://failed', 'kafka://failed'],
    ['a parameter with a default', { Ref: 'Destination' }, 'kafka://failed'],
    ['a queue', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:000000000000:failed'],
    ['a topic', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:000000000000:failed'],
    ['a bucket', { 'Fn::GetAtt': 'Bucket.Arn' }, 'arn:aws:s3:::failed'],
    [
      'Fn::Sub over pseudo parameters',
      { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:failed' },
      'arn:aws:sqs:eu-west-1:000000000000:failed',
    ],
  ])('resolves %s', (_form, value, expected) => {
    expect(resolveDestination(value, TEMPLATE, 'eu-west-1')).toBe(expected);
  });

  it.each([
    ['a queue whose name the deployment makes up', { 'Fn::GetAtt': ['Nameless', 'Arn'] }],
    ['a resource that is no destination', { 'Fn::GetAtt': ['Table', 'Arn'] }],
    ['an import', { 'Fn::ImportValue': 'queue' }],
    ['Fn::Sub over anything else', { 'Fn::Sub': 'kafka://${Failed}' }],
  ])('does not guess %s', (_form, value) => {
    expect(resolveDestination(value, TEMPLATE, 'eu-west-1')).toBeUndefined();
  });
});
