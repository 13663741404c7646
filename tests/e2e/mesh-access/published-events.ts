import type { Endpoints } from '../../../local/mesh/endpoints.ts';
import { contextTables } from '../../../local/scenarios/tables.ts';
import { topicRecords } from '../../../local/scenarios/topic-records.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { isContext, topicOf } from '../../../shared/define/topics.ts';
import { isOfTheMesh } from './foreign-records.ts';

/** Every event of a business operation that is on a topic by now, of all contexts, each once. */
export const publishedUnder = async (
  endpoints: Endpoints,
  correlationId: string,
): Promise<readonly EventEnvelope[]> => {
  const topics = (await contextTables(endpoints)).flatMap(({ context }) =>
    isContext(context) ? [topicOf(context)] : [],
  );
  const records = (await Promise.all(topics.map((topic) => topicRecords(endpoints.brokers, topic)))).flat();
  const events = records
    .filter(isOfTheMesh)
    // What the relay wrote is an envelope.
    .map(({ value }) => JSON.parse(value) as EventEnvelope)
    .filter(({ metadata }) => metadata.correlationId === correlationId);
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
};
