import { setTimeout as delay } from 'node:timers/promises';
import type { Context, MSKEvent } from 'aws-lambda';
import { logger, observed } from '../observe/telemetry.ts';
import type { Consumer } from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Timing } from './lanes.ts';
import type { Keeper } from './letters.ts';
import type { Ledger, LedgerEnd } from './ledger.ts';
import { decoder } from './record.ts';
import { isRedrive, type RedriveAnswer, type RedriveRequest } from './redrive.ts';
import { redriving } from './redriving.ts';
import { settle } from './settle.ts';
import { partitionOf, taskOf } from './task.ts';
import { tell, type Ended } from './tell.ts';

/** AWS's shape for Kafka: "Using batchItemFailures with Kafka event source mappings". */
export interface KafkaBatchResponse {
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

interface ConsumerCall {
  (event: MSKEvent, context: Context): Promise<KafkaBatchResponse>;
  (event: RedriveRequest, context: Context): Promise<RedriveAnswer>;
}

export interface ConsumerHandler extends ConsumerCall {
  /** What the code listens to; `functions.yml` must subscribe to exactly these (tests/contract/wiring.spec.ts). */
  readonly topics: readonly string[];
  /** The consumer's name, under which letters and the ledger know it. */
  readonly consumer: string;
}

/** What a consumer function stands on. */
export interface Means {
  readonly deadLetters: DeadLetters;
  readonly ledger: Ledger;
  /** Is told of each invocation before its records, for effects whose lease lasts as long as it does. */
  readonly begin?: (context: Context) => void;
  /** Time and chance; tests bring their own. */
  readonly clock?: Omit<Timing, 'remaining'>;
}

const systemTiming: Omit<Timing, 'remaining'> = {
  now: () => Date.now(),
  wait: (milliseconds) => delay(milliseconds),
  random: () => Math.random(),
};

/**
 * A Lambda handler for a Kafka event source mapping.
 *
 * Decodes and checks every record, hands the events to the consumer, tries transient failures again (CON-04), parks
 * what can never succeed (CON-07) and what follows it under its key (promise 6), enters all of it in the ledger
 * (promise 5), and reports the rest, so that Lambda sends exactly that again.
 */
export const consume = (
  consumer: Consumer,
  { deadLetters, ledger, begin, clock = systemTiming }: Means,
): ConsumerHandler => {
  const decode = decoder(consumer.listens);

  const handle = observed(async (event: MSKEvent | RedriveRequest, context: Context) => {
    begin?.(context);
    const timing: Timing = { ...clock, remaining: () => context.getRemainingTimeInMillis() };
    if (isRedrive(event)) return redriving(consumer, decode, event, timing);
    const started = performance.now();
    const keeper = { consumer: consumer.name, functionName: context.functionName };
    const decoded = Object.values(event.records).flat().map(decode);
    const ends = await settle(consumer, deadLetters, keeper, decoded.flatMap(taskOf), timing);
    const byRecord = new Map([...ends].map(([{ record }, end]) => [record, end]));
    const ended = decoded.map(({ record }): Ended => ({
      record,
      end: byRecord.get(record) ?? { kind: 'not-for-me' },
    }));
    const uncounted = await enter(ledger, keeper, ended);
    tell(consumer.name, decoded, ended, performance.now() - started);
    return {
      batchItemFailures: ended
        .filter(({ record, end }) => end.kind === 'report' || uncounted.has(partitionOf(record)))
        .map(({ record }) => ({
          itemIdentifier: { partition: partitionOf(record), offset: record.offset },
        })),
    };
  });
  // What it answers follows from what it is sent, which the type of one function cannot say.
  return Object.assign(handle as ConsumerCall, {
    topics: [...new Set(consumer.listens.map(({ aggregate }) => aggregate.topic))],
    consumer: consumer.name,
  });
};

const ledgerEnds: Readonly<Record<Ended['end']['kind'], LedgerEnd>> = {
  applied: 'applied',
  refused: 'applied',
  duplicate: 'duplicate',
  'not-for-me': 'notForMe',
  'given-up': 'parked',
  behind: 'parked',
  report: 'open',
};

/** Enters a batch, partition by partition. @returns the partitions that could not be entered: they come again */
const enter = async (
  ledger: Ledger,
  keeper: Keeper,
  ended: readonly Ended[],
): Promise<ReadonlySet<string>> => {
  const uncounted = new Set<string>();
  const partitions = Map.groupBy(ended, ({ record }) => partitionOf(record));
  await Promise.all(
    [...partitions].map(async ([name, ofPartition]) => {
      const { topic = '', partition = 0 } = ofPartition[0]?.record ?? {};
      try {
        await ledger.enter(
          { ...keeper, topic, partition },
          ofPartition.map(({ record: { offset }, end }) => ({ offset, end: ledgerEnds[end.kind] })),
        );
      } catch (error) {
        logger.error('the ledger took no entry', { consumer: keeper.consumer, topic, partition, error });
        uncounted.add(name);
      }
    }),
  );
  return uncounted;
};
