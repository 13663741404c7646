import { waitFor } from '../../engines/wait-for.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { contextTables } from '../../scenarios/tables.ts';
import { topicRecords } from '../../scenarios/topic-records.ts';
import { isContext, topicOf } from '../../../shared/define/topics.ts';
import { isOfTheMesh } from '../faults/foreign-mark.ts';
import { readEvents, runningSagas } from '../verify/read-outside.ts';
import { consumerLag } from './consumer-lag.ts';

/** Nothing may happen for as long: a relay or a function that failed has been tried again by then. */
const LOOKS_ALIKE = 4;
const EVERY_MS = 1_000;

/** Events that were decided and are not on their topic yet. */
const unpublished = async (endpoints: Endpoints): Promise<number> => {
  const topics = (await contextTables(endpoints)).flatMap(({ context }) =>
    isContext(context) ? [topicOf(context)] : [],
  );
  const decided = await readEvents(endpoints);
  const records = (await Promise.all(topics.map((topic) => topicRecords(endpoints.brokers, topic)))).flat();
  // The relay says in a header which event a record carries.
  const published = new Set(records.filter(isOfTheMesh).map(({ headers }) => headers['ce_id']));
  return decided.filter(({ eventId }) => !published.has(eventId)).length;
};

/**
 * Waits until nothing moves any more: every event is on its topic, every consumer has got through its topics, no
 * saga is under way.
 * @throws DeadlinePassed saying what still moves
 */
export const awaitQuiet = async (
  endpoints: Endpoints,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> => {
  let before = -1;
  let alike = 0;
  const probe = async (): Promise<true | undefined> => {
    const { lag, records } = await consumerLag(endpoints.brokers);
    const sagas = await runningSagas(endpoints);
    alike = lag === 0 && sagas === 0 && records === before ? alike + 1 : 0;
    before = records;
    if (alike < LOOKS_ALIKE) throw new Error(`${lag} records to go, ${sagas} sagas under way`);
    const missing = await unpublished(endpoints);
    if (missing > 0) throw new Error(`${missing} events are not on their topics`);
    return true;
  };
  await waitFor('a quiet mesh', probe, { deadlineMs, everyMs: EVERY_MS, signal });
};
