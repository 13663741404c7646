import { describe, expect } from 'vitest';
import { readMappings } from '../read-mappings.ts';
import { conforms } from '../testing/conforms.ts';
import { mappingTemplate, readOne } from '../testing/read-one.ts';

const PROVISIONED = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 } };
const onFailure = (Destination: unknown) => ({ DestinationConfig: { OnFailure: { Destination } } });

describe('what a template may say', () => {
  conforms('parameters', 'batchSize', () => {
    expect(readOne({}).batchSize).toBe(100);
    expect(readOne({ BatchSize: 10_000 }).batchSize).toBe(10_000);
    expect(() => readOne({ BatchSize: 10_001 })).toThrow(/^Mapping: BatchSize/);
  });

  conforms('parameters', 'enabled', () => {
    expect(readOne({}).enabled).toBe(true);
    expect(readOne({ Enabled: false }).enabled).toBe(false);
  });

  conforms('parameters', 'groupId', () => {
    const [first, second] = ['First', 'Second'].map((id) => {
      const Properties = { FunctionName: 'f', EventSourceArn: 'arn:aws:kafka:x', Topics: ['orders'] };
      return readMappings(
        { Resources: { [id]: { Type: 'AWS::Lambda::EventSourceMapping', Properties } } },
        'us-east-1',
      )[0]?.groupId;
    });
    expect(first).not.toBe(second);
  });

  conforms('parameters', 'timestampRequired', () => {
    expect(() => readOne({ StartingPosition: 'AT_TIMESTAMP' })).toThrow(
      /^Mapping: StartingPositionTimestamp/,
    );
  });

  conforms('api', 'timestampInFuture', () => {
    const inAnHour = Math.round(Date.now() / 1_000) + 3_600;
    expect(() => readOne({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: inAnHour })).toThrow(
      /^Mapping: StartingPositionTimestamp \d+ is in the future/,
    );
  });

  conforms('source', 'fourteenMinutes', () => {
    const withTimeout = (Timeout: number) => {
      const { Resources } = mappingTemplate({}) as { Resources: Record<string, unknown> };
      const Properties = { FunctionName: 'slow', Timeout };
      const Summary = { Type: 'AWS::Lambda::Function', Properties };
      return readMappings({ Resources: { ...Resources, Summary } }, 'us-east-1');
    };
    expect(withTimeout(840)).toHaveLength(1);
    expect(() => withTimeout(841)).toThrow(/^Mapping: FunctionName: slow has a Timeout of 841 s/);
  });

  conforms('batching', 'windowRange', () => {
    expect(readOne({ MaximumBatchingWindowInSeconds: 0 }).windowMs).toBe(0);
    expect(readOne({ MaximumBatchingWindowInSeconds: 300 }).windowMs).toBe(300_000);
    for (const MaximumBatchingWindowInSeconds of [0.5, 301, -1])
      expect(() => readOne({ MaximumBatchingWindowInSeconds })).toThrow(
        /^Mapping: MaximumBatchingWindowInSeconds/,
      );
  });

  conforms('batching', 'defaultWindow', () => {
    expect(readOne({}).windowMs).toBe(500);
  });
});

describe('on-failure destinations', () => {
  conforms('onFailure', 'kinds', () => {
    const read = (destination: unknown, more?: Record<string, unknown>) =>
      readOne({ ...PROVISIONED, ...onFailure(destination) }, more).onFailure;
    expect(read('arn:aws:sqs:us-east-1:123456789012:dest-queue')).toEqual({
      kind: 'sqs',
      region: 'us-east-1',
      account: '123456789012',
      queue: 'dest-queue',
    });
    expect(read('arn:aws:sns:us-east-1:123456789012:dest-topic')).toMatchObject({ kind: 'sns' });
    expect(read('arn:aws:s3:::dest-bucket')).toEqual({ kind: 's3', bucket: 'dest-bucket' });
    expect(read('kafka://failed')).toEqual({ kind: 'kafka', topic: 'failed' });
    for (const wrong of [
      'failed',
      'arn:aws:lambda:us-east-1:1:function:f',
      'arn:aws:sqs:us-east-1:1:q.fifo',
      'kafka://',
    ])
      expect(() => read(wrong), wrong).toThrow(/^Mapping: DestinationConfig\.OnFailure\.Destination/);
  });

  conforms('onFailure', 'removed', () => {
    expect(readOne(onFailure('')).onFailure).toBeUndefined();
  });

  conforms('kafkaOnFailure', 'prefix', () => {
    expect(readOne({ ...PROVISIONED, ...onFailure('kafka://failed-records-topic') }).onFailure).toEqual({
      kind: 'kafka',
      topic: 'failed-records-topic',
    });
  });

  conforms('kafkaOnFailure', 'recursion', () => {
    expect(() => readOne({ ...PROVISIONED, ...onFailure('kafka://orders') })).toThrow(
      'Mapping: DestinationConfig.OnFailure.Destination kafka://orders is the topic the mapping reads',
    );
  });

  conforms('kafkaOnFailure', 'provisioned', () => {
    expect(() => readOne(onFailure('kafka://failed'))).toThrow(
      /^Mapping: DestinationConfig\.OnFailure\.Destination kafka:\/\/failed needs provisioned mode/,
    );
  });
});
