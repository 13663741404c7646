import type { Context, MSKEvent } from 'aws-lambda';
import { classify } from '../errors/classify.ts';
import { count, duration, logger, observed } from '../observe/telemetry.ts';
import type { Consumer, Delivery, Verdict } from './consumer.ts';
import { failed } from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';
import { deadLetterOf, decoder, type Decoded, type KafkaRecord } from './record.ts';

/** AWS's shape for Kafka: "Using batchItemFailures with Kafka event source mappings". */
export interface KafkaBatchResponse {
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

export interface ConsumerHandler {
  (event: MSKEvent, context: Context): Promise<KafkaBatchResponse>;
  /** What the code listens to; `functions.yml` must subscribe to exactly these (tests/contract/wiring.spec.ts). */
  readonly topics: readonly string[];
}

interface Ended {
  readonly record: KafkaRecord;
  readonly verdict: Verdict;
}

/**
 * A Lambda handler for a Kafka event source mapping.
 *
 * Decodes and checks every record, hands the events to the consumer, parks what can never succeed (CON-07) and
 * reports the rest of the failures, so that Lambda sends exactly those again. What is not reported has ended:
 * applied, a duplicate, not for this consumer, or parked.
 * @param begin is told of each invocation before its records, for effects whose lease lasts as long as it does
 */
export const consume = (
  consumer: Consumer,
  deadLetters: DeadLetters,
  begin?: (context: Context) => void,
): ConsumerHandler => {
  const decode = decoder(consumer.listens);

  const park = async (ended: readonly Ended[]): Promise<readonly Ended[]> => {
    const hopeless = ended.filter(
      ({ verdict }) => verdict.kind === 'failed' && classify(verdict.error) !== 'transient',
    );
    if (hopeless.length === 0) return [];
    const letters = hopeless.map(({ record, verdict }) =>
      deadLetterOf(consumer.name, record, verdict.kind === 'failed' ? verdict.error : undefined, 1),
    );
    try {
      await deadLetters.park(letters);
    } catch (error) {
      // Not parked, so not ended: they are reported and come again, while the rest of the batch stands.
      logger.error('parking failed', { consumer: consumer.name, records: letters.length, error });
      return [];
    }
    for (const { topic, partition, offset, cause } of letters) {
      logger.error('record parked', { consumer: consumer.name, topic, partition, offset, cause });
    }
    return hopeless;
  };

  const handle = observed(async ({ records }: MSKEvent, context: Context): Promise<KafkaBatchResponse> => {
    begin?.(context);
    const started = performance.now();
    const decoded = Object.values(records).flat().map(decode);
    const deliveries = decoded.filter(isEvent);
    const verdicts = await consumer.process(deliveries);
    const ended: Ended[] = [
      ...deliveries.map(({ record }, i) => ({
        record,
        verdict: verdicts[i] ?? failed(new Error('no verdict')),
      })),
      ...decoded.filter(isBad).map(({ record, error }) => ({ record, verdict: failed(error) })),
    ];
    const parked = new Set((await park(ended)).map(({ record }) => record));
    const retried = ended.filter(({ record, verdict }) => verdict.kind === 'failed' && !parked.has(record));
    tell(consumer, decoded, ended, parked.size, retried, performance.now() - started);
    return {
      batchItemFailures: retried.map(({ record: { topic, partition, offset } }) => ({
        itemIdentifier: { partition: `${topic}-${partition}`, offset },
      })),
    };
  });
  return Object.assign(handle, {
    topics: [...new Set(consumer.listens.map(({ aggregate }) => aggregate.topic))],
  });
};

const isEvent = (decoded: Decoded): decoded is Decoded & Delivery & { kind: 'event' } =>
  decoded.kind === 'event';
const isBad = (decoded: Decoded): decoded is Decoded & { kind: 'bad' } => decoded.kind === 'bad';

/** One log line and one set of metrics a batch; a line more for each key that has to wait. */
const tell = (
  { name }: Consumer,
  decoded: readonly Decoded[],
  ended: readonly Ended[],
  parked: number,
  retried: readonly Ended[],
  milliseconds: number,
): void => {
  const passedOver = decoded.filter((d) => d.kind === 'not-for-me');
  const unknown = passedOver.filter(({ known }) => !known);
  const of = (kind: Verdict['kind']): number => ended.filter(({ verdict }) => verdict.kind === kind).length;
  const totals = {
    applied: of('applied'),
    duplicates: of('duplicate'),
    notForMe: passedOver.length,
    parked,
    retried: retried.length,
  };
  count('RecordsApplied', totals.applied);
  count('RecordsDuplicate', totals.duplicates);
  count('RecordsNotForMe', totals.notForMe);
  count('RecordsParked', parked);
  count('RecordsRetried', totals.retried);
  count('UnknownEventTypes', unknown.length);
  const newest = decoded.reduce((latest, { record }) => Math.max(latest, record.timestamp), 0);
  if (newest > 0) duration('ConsumerLag', Math.max(0, Date.now() - newest));
  if (unknown.length > 0) {
    logger.warn('unknown event types passed over', {
      types: [...new Set(unknown.map(({ eventType }) => eventType))],
    });
  }
  const [first] = retried;
  if (first?.verdict.kind === 'failed') {
    const { topic, partition, offset } = first.record;
    logger.warn('records will be delivered again', {
      consumer: name,
      topic,
      partition,
      offset,
      error: first.verdict.error,
    });
  }
  logger.info('batch consumed', { consumer: name, ...totals, milliseconds: Math.round(milliseconds) });
};
