import { causeOf } from '../errors/cause-of.ts';
import { rehearse, rehearseApart } from '../rehearse/rehearse.ts';
import type { Consumer } from './consumer.ts';
import { runLanes, type End, type Timing } from './lanes.ts';
import type { Decoded, KafkaRecord } from './record.ts';
import type {
  RedriveAnswer,
  RedriveOutcome,
  RedriveRequest,
  RedriveResult,
  RehearsedWrite,
} from './redrive.ts';
import { taskOf } from './task.ts';

/** Lambda answers with at most 6 MB; contents that do not fit in well below that are left out. */
const MAX_CONTENT_CHARACTERS = 4_000_000;

/**
 * Runs parked records once more, or rehearses it, those of a key in order; the first that fails holds the rest of
 * its key (an audit asks of each by itself). It parks nothing and enters nothing: whoever asked has the letters, and keeps them until the answer says
 * they are done.
 */
export const redriving = async (
  consumer: Consumer,
  decode: (record: KafkaRecord) => Decoded,
  { redrive, records }: RedriveRequest,
  timing: Timing,
): Promise<RedriveAnswer> => {
  const decoded = records.map(decode);
  const tasks = decoded.flatMap(taskOf);
  const rehearsed = await rehearsals[redrive]?.(consumer, tasks, timing);
  const ends = rehearsed?.ends ?? (await runLanes(consumer, tasks, timing));
  const byRecord = new Map([...ends].map(([task, end]) => [task.record, { task, end }]));
  const fitting = contentsThatFit();
  return {
    consumer: consumer.name,
    outcomes: decoded.map(({ record }) => {
      const { task, end } = byRecord.get(record) ?? {};
      const writes = (task && rehearsed?.writes.get(task)) ?? [];
      return { ...outcomeOf(record, end), ...(rehearsed && { writes: writes.map(fitting) }) };
    }),
  };
};

const rehearsals: Readonly<Record<RedriveRequest['redrive'], typeof rehearse | undefined>> = {
  apply: undefined,
  rehearse,
  audit: rehearseApart,
};

const contentsThatFit = (): ((write: RehearsedWrite) => RehearsedWrite) => {
  let room = MAX_CONTENT_CHARACTERS;
  return (write) => {
    const size = JSON.stringify(write.content).length;
    if (size > room) return { ...write, content: null };
    room -= size;
    return write;
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
