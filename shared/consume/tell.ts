import { count, duration, logger } from '../observe/telemetry.ts';
import type { End } from './lanes.ts';
import type { Decoded, KafkaRecord } from './record.ts';

/** A record and how it ended for a consumer. */
export interface Ended {
  readonly record: KafkaRecord;
  readonly end: End | { readonly kind: 'not-for-me' };
}

/** One log line and one set of metrics a batch; a line more for what was parked, refused or comes again. */
export const tell = (
  consumer: string,
  decoded: readonly Decoded[],
  ended: readonly Ended[],
  milliseconds: number,
): void => {
  const of = (...kinds: Ended['end']['kind'][]): readonly Ended[] =>
    ended.filter(({ end }) => kinds.includes(end.kind));
  const totals = {
    applied: of('applied').length,
    duplicates: of('duplicate').length,
    notForMe: of('not-for-me').length,
    refused: of('refused').length,
    parked: of('given-up', 'behind').length,
    retried: of('report').length,
  };
  count('RecordsApplied', totals.applied);
  count('RecordsDuplicate', totals.duplicates);
  count('RecordsNotForMe', totals.notForMe);
  count('RecordsRefused', totals.refused);
  count('RecordsParked', totals.parked);
  count('RecordsRetried', totals.retried);
  const newest = decoded.reduce((latest, { record }) => Math.max(latest, record.timestamp), 0);
  if (newest > 0) duration('ConsumerLag', Math.max(0, Date.now() - newest));

  const unknown = decoded.flatMap((d) => (d.kind === 'not-for-me' && !d.known ? [d.eventType] : []));
  count('UnknownEventTypes', unknown.length);
  if (unknown.length > 0) logger.warn('unknown event types passed over', { types: [...new Set(unknown)] });
  for (const { record, end } of of('given-up')) {
    logger.error('record parked', { consumer, ...coordinates(record), error: errorOf(end) });
  }
  for (const { record, end } of of('refused')) {
    logger.warn('refused by a business rule', { consumer, ...coordinates(record), error: errorOf(end) });
  }
  const [again] = of('report');
  if (again) {
    const { record, end } = again;
    logger.warn('records will be delivered again', { consumer, ...coordinates(record), error: errorOf(end) });
  }
  logger.info('batch consumed', { consumer, ...totals, milliseconds: Math.round(milliseconds) });
};

const coordinates = ({ topic, partition, offset }: Ended['record']) => ({ topic, partition, offset });

const errorOf = (end: Ended['end']): unknown => ('error' in end ? end.error : undefined);
