import { waitFor } from '../../../local/engines/wait-for.ts';
import type { Endpoints } from '../../../local/mesh/endpoints.ts';
import { contextTables } from '../../../local/scenarios/tables.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { dynamoClient } from '../../../shared/aws/dynamo-client.ts';

/**
 * Looks at every context's event table: what was decided, whether or not it has been published yet. Without what
 * observability finds: that depends on the clock, not on what a test does.
 */
export interface DecidedEvents {
  all(): Promise<readonly EventEnvelope[]>;
  /** All of them, once the mesh has come to rest: nothing new between looks half a second apart. */
  atRest(): Promise<readonly EventEnvelope[]>;
}

const LOOKS_ALIKE = 4;

export const decidedEvents = async (endpoints: Endpoints): Promise<DecidedEvents> => {
  const client = dynamoClient(endpoints.aws);
  const stores = (await contextTables(endpoints))
    .filter(({ context }) => context !== 'observability')
    .map(({ events }) => dynamoEventStore(client, events));
  const all = async (): Promise<readonly EventEnvelope[]> => {
    const events: EventEnvelope[] = [];
    for (const store of stores) for await (const event of store.readAll()) events.push(event);
    return events;
  };
  return {
    all,
    atRest: () => {
      let seen = -1;
      let alike = 0;
      const look = async () => {
        const events = await all();
        alike = events.length === seen ? alike + 1 : 1;
        seen = events.length;
        return alike >= LOOKS_ALIKE ? events : undefined;
      };
      return waitFor('the mesh at rest', look, { deadlineMs: 60_000, everyMs: 500 });
    },
  };
};
