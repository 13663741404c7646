import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import type { SendDiscarded } from '../discarder.ts';
import {
  failedRecordMessages,
  invocationRecord,
  invocationRecordKey,
  invocationRecordWithPayload,
  type DiscardedBatch,
} from '../invocation-record.ts';
import { encodeRecord } from '../record.ts';
import { conforms } from '../testing/conforms.ts';
import { MAPPING, startDispatcher, THROWN } from '../testing/start-dispatcher.ts';

const TIME = Date.UTC(2019, 10, 14, 0, 38, 4, 835);
const record = (offset: number, key: string | null = 'k') =>
  encodeRecord(
    't',
    0,
    {
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from('v'),
      timestamp: String(TIME + offset),
      offset: String(offset),
    },
    'CREATE_TIME',
    0,
  );

const BATCH: DiscardedBatch = {
  mapping: MAPPING,
  bootstrapServers: 'b:1',
  partitions: [
    { partition: 0, records: [record(5), record(6), record(7)] },
    { partition: 3, records: [record(9, null)] },
  ],
  condition: 'RetryAttemptsExhausted',
  invokeCount: 3,
  reply: { requestId: 'r-1', statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  requestId: 'r-1',
  at: new Date(Date.UTC(2019, 10, 14, 0, 38, 6, 21)),
};
/** As it goes over the wire. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** The batches that reached the destination. */
const discarded = (send: { mock: { calls: Parameters<SendDiscarded>[] } }) =>
  send.mock.calls.map(([batch]) => batch);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the invocation record', () => {
  conforms('onFailure', 'shape', () => {
    expect(sent(invocationRecord(BATCH))).toEqual({
      requestContext: {
        requestId: 'r-1',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2019-11-14T00:38:06.021Z',
      KafkaBatchInfo: {
        batchSize: 4,
        eventSourceArn: 'arn',
        bootstrapServers: 'b:1',
        payloadSize: Buffer.byteLength(String(invocationRecordWithPayload(BATCH)['payload'])),
        recordsInfo: {
          't-0': {
            firstRecordOffset: '5',
            lastRecordOffset: '7',
            firstRecordTimestamp: '2019-11-14T00:38:04.840Z',
            lastRecordTimestamp: '2019-11-14T00:38:04.842Z',
          },
          't-3': {
            firstRecordOffset: '9',
            lastRecordOffset: '9',
            firstRecordTimestamp: '2019-11-14T00:38:04.844Z',
            lastRecordTimestamp: '2019-11-14T00:38:04.844Z',
          },
        },
      },
    });
  });

  conforms('onFailure', 'keys', () => {
    const { KafkaBatchInfo } = sent(invocationRecord(BATCH)) as { KafkaBatchInfo: { recordsInfo: object } };
    expect(Object.keys(KafkaBatchInfo.recordsInfo)).toEqual(['t-0', 't-3']);
  });

  conforms('onFailure', 'payload', () => {
    const { payload, ...metadata } = invocationRecordWithPayload(BATCH);
    expect(metadata).toEqual(invocationRecord(BATCH));
    expect(JSON.parse(String(payload))).toMatchObject({
      eventSource: 'aws:kafka',
      records: { 't-0': [{ offset: 5 }, { offset: 6 }, { offset: 7 }], 't-3': [{ offset: 9 }] },
    });
    // The pages on Kinesis and DynamoDB name the object so; the Kafka page says nothing.
    expect(invocationRecordKey(BATCH, 'random')).toMatch(
      /^aws\/lambda\/[0-9a-f-]{36}\/t-0\/2019\/11\/14\/2019-11-14T00\.38\.06-random$/,
    );
  });

  conforms('onFailure', 'tooLarge', async () => {
    const {
      dispatcher,
      sendDiscarded,
      sent: calls,
      progress,
    } = startDispatcher({
      onFailure: { kind: 's3', bucket: 'failed' },
    });
    const large = { key: null, value: Buffer.alloc(5 * 1024 * 1024), timestamp: '0', offset: '0' };
    dispatcher.accept(0, [encodeRecord('t', 0, large, 'CREATE_TIME', 0)], 1);
    await vi.advanceTimersByTimeAsync(0);
    const [batch] = discarded(sendDiscarded);
    expect(batch && sent(invocationRecord(batch))).toMatchObject({
      requestContext: { condition: 'MaximumPayloadSizeExceeded' },
      responseContext: null,
    });
    expect(calls()).toEqual([]);
    expect(progress).toEqual([[0, 1]]);
  });

  conforms('kafkaOnFailure', 'format', () => {
    const [first] = failedRecordMessages(BATCH);
    const payload = {
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn',
      bootstrapServers: 'b:1',
      records: { 't-0': [sent(JSON.parse(record(5).json))] },
    };
    expect(JSON.parse(first?.value ?? '')).toEqual({
      requestContext: {
        requestId: 'r-1',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2019-11-14T00:38:06.021Z',
      KafkaBatchInfo: {
        batchSize: 1,
        eventSourceArn: 'arn',
        bootstrapServers: 'b:1',
        payloadSize: Buffer.byteLength(JSON.stringify(payload)),
        recordInfo: { offset: '5', timestamp: '2019-11-14T00:38:04.840Z' },
      },
      payload,
    });
  });
});

describe('when a batch is discarded', () => {
  conforms('batching', 'record', async () => {
    const { accept, answer, sendDiscarded, progress, log } = startDispatcher({
      maximumRetryAttempts: 0,
      onFailure: { kind: 's3', bucket: 'failed' },
    });
    sendDiscarded.mockRejectedValueOnce(new Error('no such bucket'));
    accept(0, [0, 1]);
    await answer(0, THROWN);
    // Nothing is committed before the destination has it.
    expect(progress).toEqual([]);
    expect(log).toHaveBeenLastCalledWith(
      'error',
      'destination failed, will be retried',
      expect.objectContaining({ error: 'no such bucket' }),
    );
    await vi.advanceTimersByTimeAsync(200);
    expect(discarded(sendDiscarded)).toHaveLength(2);
    expect(progress).toEqual([[0, 2]]);
  });

  conforms('kafkaOnFailure', 'age', async () => {
    const {
      accept,
      sendDiscarded,
      sent: calls,
    } = startDispatcher({
      maximumRecordAgeMs: 60_000,
      onFailure: { kind: 'kafka', topic: 'failed' },
    });
    accept(0, [0], 1, { timestamp: Date.now() - 61_000 });
    await vi.advanceTimersByTimeAsync(0);
    expect(discarded(sendDiscarded)).toMatchObject([{ condition: 'RecordAgeExceeded', reply: undefined }]);
    expect(calls()).toEqual([]);
  });
});
