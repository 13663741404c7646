import { vi } from 'vitest';
import { Dispatcher } from '../dispatcher.ts';
import type { SendDiscarded } from '../discarder.ts';
import type { FunctionReply, InvocationOutcome } from '../invoke-function.ts';
import type { Log } from '../log.ts';
import type { Mapping } from '../mapping.ts';
import { encodeRecord } from '../record.ts';

export const MAPPING: Mapping = {
  id: 'Mapping',
  functionName: 'f',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  enabled: true,
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn',
  topic: 't',
  groupId: 'g',
  batchSize: 3,
  windowMs: 0,
  startingPosition: { at: 'TRIM_HORIZON' },
  filter: undefined,
  reportBatchItemFailures: true,
  maximumRetryAttempts: -1,
  maximumRecordAgeMs: Infinity,
  bisectBatchOnFunctionError: false,
  onFailure: undefined,
  provisioned: undefined,
};

const REPLY: FunctionReply = {
  requestId: 'r-1',
  statusCode: 200,
  executedVersion: '$LATEST',
  functionError: undefined,
};
export const OK = returned('null');
export const THROWN: InvocationOutcome = {
  kind: 'failed',
  cause: 'function',
  error: 'Unhandled',
  reply: { ...REPLY, functionError: 'Unhandled' },
};
export const THROTTLED: InvocationOutcome = {
  kind: 'failed',
  cause: 'throttled',
  error: 'TooManyRequestsException',
  reply: undefined,
};

/** A function's answer without an error. */
export function returned(payload: string): InvocationOutcome {
  return { kind: 'returned', payload, reply: REPLY };
}

/** A function's answer that reports these records as failed. */
export function failedItems(...items: [string, number][]): InvocationOutcome {
  const batchItemFailures = items.map(([partition, offset]) => ({ itemIdentifier: { partition, offset } }));
  return returned(JSON.stringify({ batchItemFailures }));
}

/** A dispatcher under fake timers, whose function answers when the test says so. Records are written at time 0 unless told. */
export function startDispatcher(over: Partial<Mapping> = {}) {
  const calls: { sent: Record<string, number[]>; answer: (outcome: InvocationOutcome) => Promise<void> }[] =
    [];
  const progress: [number, number | undefined][] = [];
  const log = vi.fn<Log>();
  const sendDiscarded = vi.fn<SendDiscarded>().mockResolvedValue();
  const dispatcher = new Dispatcher({
    mapping: { ...MAPPING, ...over },
    bootstrapServers: 'b:1',
    log,
    sendDiscarded,
    onProgress: (lane) => progress.push([lane.partition, lane.doneTo]),
    invoke: (_name, payload) => {
      // event-payload.ts wrote it in this shape.
      const event = JSON.parse(payload) as { records: Record<string, { offset: number }[]> };
      const sent = Object.fromEntries(
        Object.entries(event.records).map(([key, records]) => [key, records.map(({ offset }) => offset)]),
      );
      return new Promise((resolve) => {
        const answer = async (outcome: InvocationOutcome): Promise<void> => {
          resolve(outcome);
          await vi.advanceTimersByTimeAsync(0);
        };
        calls.push({ sent, answer });
      });
    },
  });
  const accept = (
    partition: number,
    offsets: readonly number[],
    fetchedTo = (offsets.at(-1) ?? -1) + 1,
    { endOffset = fetchedTo, timestamp = 0 } = {},
  ): void => {
    const records = offsets.map((offset) =>
      encodeRecord(
        't',
        partition,
        { key: null, value: null, timestamp: String(timestamp), offset: String(offset) },
        'CREATE_TIME',
        Date.now(),
      ),
    );
    dispatcher.accept(partition, records, fetchedTo, endOffset);
  };
  const sent = () => calls.map((call) => call.sent);
  const answer = (index: number, outcome: InvocationOutcome) =>
    calls[index]?.answer(outcome) ?? Promise.reject(new Error('no such call'));
  return { dispatcher, accept, sent, answer, progress, log, sendDiscarded };
}
