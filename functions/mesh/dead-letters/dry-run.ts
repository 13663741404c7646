import pMap from 'p-map';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';
import { BusinessError } from '../../../shared/errors/mesh-error.ts';
import type { AskConsumer } from './ask-consumer.ts';
import { keyTextOf, type Letter } from './letter.ts';
import type { LetterTable } from './letter-table.ts';
import { queueOf } from './read-letters.ts';
import { nameOf, type Selection } from './redrive-job.ts';
import { fitting, loadAll, type Loaded } from './redrive-request.ts';
import { selectKeys, type SelectedKey } from './select-keys.ts';

const IN_PARALLEL = 4;
/** A key with more is rehearsed as far as this: all of it has to fit into one question. */
const MAX_OF_A_KEY = 500;
/** What the answer of one question may hold: writes are longer than the records that lead to them. */
const MAX_CHARACTERS = 1_000_000;
const MAX_LETTERS = 100;

/** What a redrive would do with one letter. `not-rehearsed` stands too far back in its queue to be told. */
export interface Prediction extends Pick<RedriveOutcome, 'cause' | 'writes'> {
  readonly letterId: string;
  readonly consumer: string;
  readonly key: string | null;
  readonly result: RedriveOutcome['result'] | 'not-rehearsed';
}

export interface DryRun {
  readonly predictions: readonly Prediction[];
  /** Where the next page begins, when there is more. */
  readonly next?: string;
}

/** One key's letters, to be rehearsed together: each sees what those before it would have written. */
interface Queue {
  readonly name: string;
  readonly functionName: string;
  readonly loaded: readonly Loaded[];
  readonly beyond: readonly Letter[];
}

/**
 * Asks the consumers what a redrive would do, with today's code on a copy-on-write view of the tables. Keys come in
 * the order of the redrive and whole: a page ends with the key that passes its limit.
 * @throws BusinessError `rehearsal-failed` when a consumer gives no answer
 */
export const dryRun = async (
  table: LetterTable,
  ask: AskConsumer,
  selection: Selection,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<DryRun> => {
  const place = after === undefined ? '' : Buffer.from(after, 'base64url').toString();
  const keys = await selectKeys(table, selection, table.clock.now(), place);
  const queues: Queue[] = [];
  let letters = 0;
  for (const key of keys) {
    if (letters >= limit) break;
    const queue = await load(table, key);
    queues.push(queue);
    letters += queue.loaded.length + queue.beyond.length;
  }
  const predictions = await pMap(questionsOf(queues), (some) => rehearse(ask, some), {
    concurrency: IN_PARALLEL,
  });
  const last = queues.at(-1);
  return {
    predictions: predictions.flat(),
    ...(last && queues.length < keys.length && { next: Buffer.from(last.name).toString('base64url') }),
  };
};

const load = async (table: LetterTable, { key, head }: SelectedKey): Promise<Queue> => {
  const queue =
    key.position === undefined
      ? (await queueOf(table, key.consumerKey)).filter((letter) => letter.key !== null)
      : [head];
  const loaded = fitting(await loadAll(table, queue.slice(0, MAX_OF_A_KEY)), MAX_CHARACTERS);
  const told = new Set(loaded.map(({ letter }) => letter.letterId));
  return {
    name: nameOf(key),
    functionName: head.functionName,
    loaded,
    beyond: queue.filter(({ letterId }) => !told.has(letterId)),
  };
};

/** Keys of one function are asked about together, as many as an answer has room for. */
const questionsOf = (queues: readonly Queue[]): readonly (readonly Queue[])[] => {
  const questions: Queue[][] = [];
  let letters = 0;
  let room = 0;
  for (const queue of queues) {
    const size = queue.loaded.reduce((sum, { record }) => sum + JSON.stringify(record).length, 0);
    const current = questions.at(-1);
    const fits =
      letters + queue.loaded.length <= MAX_LETTERS &&
      size <= room &&
      current?.[0]?.functionName === queue.functionName;
    if (current && fits) current.push(queue);
    else {
      questions.push([queue]);
      letters = 0;
      room = MAX_CHARACTERS;
    }
    letters += queue.loaded.length;
    room -= size;
  }
  return questions;
};

const rehearse = async (ask: AskConsumer, queues: readonly Queue[]): Promise<readonly Prediction[]> => {
  const [first] = queues;
  if (!first) return [];
  const loaded = queues.flatMap((queue) => queue.loaded);
  const outcomes = loaded.length > 0 ? await askKindly(ask, first.functionName, loaded) : [];
  const predicted = loaded.map(({ letter }, i): Prediction => {
    const { result = 'held', cause, writes } = outcomes[i] ?? {};
    return { ...named(letter), result, ...(cause && { cause }), ...(writes && { writes }) };
  });
  const beyond = queues.flatMap((queue) => queue.beyond);
  return [
    ...predicted,
    ...beyond.map((letter): Prediction => ({ ...named(letter), result: 'not-rehearsed' })),
  ];
};

const askKindly = async (
  ask: AskConsumer,
  functionName: string,
  loaded: readonly Loaded[],
): Promise<readonly RedriveOutcome[]> => {
  try {
    return await ask(functionName, { redrive: 'rehearse', records: loaded.map(({ record }) => record) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BusinessError('rehearsal-failed', `${functionName} could not rehearse its letters: ${why}`);
  }
};

const named = (letter: Letter) => ({
  letterId: letter.letterId,
  consumer: letter.consumer,
  key: keyTextOf(letter),
});
