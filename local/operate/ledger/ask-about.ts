import {
  MAX_RECORDS,
  MAX_REQUEST_CHARACTERS,
  type AskConsumer,
} from '../../../functions/mesh/dead-letters/ask-consumer.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';
import { causeOf } from '../../../shared/errors/cause-of.ts';

/** Cuts records into requests that a consumer's function takes, in order. */
export const requestsOf = (records: readonly KafkaRecord[]): KafkaRecord[][] => {
  const requests: KafkaRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const size = JSON.stringify(record).length;
    if (size > room || (requests.at(-1)?.length ?? 0) >= MAX_RECORDS) {
      requests.push([]);
      room = MAX_REQUEST_CHARACTERS;
    }
    requests.at(-1)?.push(record);
    room -= size;
  }
  return requests;
};

/**
 * Asks a consumer whether the effects of some records stand. What fails as a whole, or comes to the end of its time,
 * is asked again in halves, so that one record cannot hide the others.
 * @returns outcomes in the order of the records; `held` where there is no answer to be had
 */
export const askAbout = async (
  ask: AskConsumer,
  functionName: string,
  records: readonly KafkaRecord[],
): Promise<readonly RedriveOutcome[]> => {
  try {
    const outcomes = await ask(functionName, { redrive: 'audit', records });
    const isLate = ({ result }: RedriveOutcome): boolean => result === 'held';
    if (records.length === 1 || !outcomes.some(isLate)) return outcomes;
    const late = records.filter((_, i) => outcomes[i]?.result === 'held');
    const again =
      late.length < records.length
        ? await askAbout(ask, functionName, late)
        : await inHalves(ask, functionName, late);
    const later = new Map(late.map((record, i) => [record, again[i]]));
    return outcomes.map((outcome, i) => {
      const record = records[i];
      return (record && later.get(record)) ?? outcome;
    });
  } catch (error) {
    const [only, ...others] = records;
    if (!only || others.length > 0) return inHalves(ask, functionName, records);
    const { topic, partition, offset } = only;
    return [{ topic, partition, offset, result: 'held', cause: causeOf(error) }];
  }
};

const inHalves = async (
  ask: AskConsumer,
  functionName: string,
  records: readonly KafkaRecord[],
): Promise<readonly RedriveOutcome[]> => {
  const middle = Math.ceil(records.length / 2);
  const first = await askAbout(ask, functionName, records.slice(0, middle));
  return [
    ...first,
    ...(middle < records.length ? await askAbout(ask, functionName, records.slice(middle)) : []),
  ];
};
