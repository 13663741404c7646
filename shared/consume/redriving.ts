import { causeOf } from '../errors/cause-of.ts';
import type { Consumer } from './consumer.ts';
import { runLanes, type End, type Timing } from './lanes.ts';
import type { Decoded, KafkaRecord } from './record.ts';
import type { RedriveAnswer, RedriveOutcome, RedriveRequest, RedriveResult } from './redrive.ts';
import { taskOf } from './task.ts';

/**
 * Runs parked records once more, those of a key in order; the first that fails holds the rest of its key. It parks
 * nothing and enters nothing: whoever asked has the letters, and keeps them until the answer says they are done.
 */
export const redriving = async (
  consumer: Consumer,
  decode: (record: KafkaRecord) => Decoded,
  { records }: RedriveRequest,
  timing: Timing,
): Promise<RedriveAnswer> => {
  const decoded = records.map(decode);
  const ends = await runLanes(consumer, decoded.flatMap(taskOf), timing);
  const byRecord = new Map([...ends].map(([{ record }, end]) => [record, end]));
  return {
    consumer: consumer.name,
    outcomes: decoded.map(({ record }) => outcomeOf(record, byRecord.get(record))),
  };
};

const results: Readonly<Record<End['kind'], RedriveResult>> = {
  applied: 'applied',
  duplicate: 'duplicate',
  refused: 'refused',
  'given-up': 'failed',
  behind: 'held',
  report: 'held',
};

const outcomeOf = ({ topic, partition, offset }: KafkaRecord, end: End | undefined): RedriveOutcome => ({
  topic,
  partition,
  offset,
  result: end ? results[end.kind] : 'not-for-me',
  ...(end && 'error' in end ? { cause: causeOf(end.error) } : {}),
});
