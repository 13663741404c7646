import { contextTables } from '../../scenarios/tables.ts';
import { topicRecords } from '../../scenarios/topic-records.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { isContext, topicOf } from '../../../shared/define/topics.ts';
import { isOfTheMesh } from '../faults/foreign-mark.ts';
import { awaitQuiet } from './await-quiet.ts';
import { clearLetters, coordinatesOf, type Cleared } from './clear-letters.ts';
import { resumeSagas } from './resume-sagas.ts';

/** What is redriven can fail again, and what it sets off can stall: an operator looks more than once. */
const ROUNDS = 6;
const QUIET_WITHIN_MS = 420_000;
const REDRIVE_WITHIN_MS = 300_000;

/** The names of all records that were injected. */
const injectedRecords = async (endpoints: Endpoints): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  for (const { context } of await contextTables(endpoints)) {
    if (!isContext(context)) continue;
    const topic = topicOf(context);
    for (const record of await topicRecords(endpoints.brokers, topic)) {
      const { partition, offset } = record;
      if (!isOfTheMesh(record)) names.add(coordinatesOf({ topic, partition, offset: String(offset) }));
    }
  }
  return names;
};

/**
 * Brings the mesh to rest after the faults, as its operators would: waits, clears the dead letters, resumes what
 * stalled, and looks again until there is nothing left to do.
 * @param told is called with a line for each step
 * @returns what was done in each round
 */
export const settle = async (
  endpoints: Endpoints,
  signal: AbortSignal,
  told: (line: string) => void,
): Promise<readonly (Cleared & { readonly resumed: readonly string[] })[]> => {
  const rounds: (Cleared & { readonly resumed: readonly string[] })[] = [];
  told('waiting for the mesh to come to rest');
  await awaitQuiet(endpoints, QUIET_WITHIN_MS, signal);
  const injected = await injectedRecords(endpoints);
  for (let round = 1; round <= ROUNDS; round += 1) {
    told(`round ${round}: dead letters and stalled sagas`);
    const cleared = await clearLetters(endpoints, injected, REDRIVE_WITHIN_MS, signal);
    await awaitQuiet(endpoints, QUIET_WITHIN_MS, signal);
    const resumed = await resumeSagas(endpoints);
    if (cleared.parked === 0 && resumed.length === 0) break;
    rounds.push({ ...cleared, resumed });
    if (resumed.length > 0) await awaitQuiet(endpoints, QUIET_WITHIN_MS, signal);
  }
  return rounds;
};
