import { classify } from '../errors/classify.ts';
import { TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { failed, type Consumer, type Verdict } from './consumer.ts';
import type { KafkaRecord } from './record.ts';
import { MAX_RETRIES, retryDelay } from './retry.ts';
import type { Task } from './task.ts';

/** How a task ended. `given-up` and `behind` are to be parked, `report` comes again. */
export type End =
  | { readonly kind: 'applied' }
  | { readonly kind: 'duplicate' }
  | Tried<'refused'>
  | Tried<'given-up'>
  /** `first` is what it waits behind, where that was in the same batch. */
  | { readonly kind: 'behind'; readonly first?: KafkaRecord }
  | { readonly kind: 'report'; readonly error: unknown };

interface Tried<Kind extends string> {
  readonly kind: Kind;
  readonly error: unknown;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstFailedAt: number;
}

/** What time is to a consumer: the invocation has only so much of it. */
export interface Timing {
  /** Milliseconds since the epoch. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds that this invocation has left. */
  remaining(): number;
  /** From 0 to 1. */
  random(): number;
}

/** What parking, the ledger and the answer may take at the end of an invocation, milliseconds. */
const RESERVE_MS = 3_000;

/** What is left of a lane, and the trouble its first task makes. */
interface Lane {
  rest: Task[];
  failures: number;
  firstFailedAt: number;
}

/**
 * Takes tasks through a consumer, lane by lane (promise 4). A transient failure is tried again up to three times
 * while the other lanes have long gone on (CON-04); it never waits past the end of the invocation. The first task
 * that is given up takes the rest of its lane with it (promise 6).
 */
export const runLanes = async (
  consumer: Consumer,
  tasks: readonly Task[],
  timing: Timing,
): Promise<ReadonlyMap<Task, End>> => {
  const ends = new Map<Task, End>();
  let lanes = [...Map.groupBy(tasks, ({ lane }) => lane).values()].map((rest): Lane => ({
    rest,
    failures: 0,
    firstFailedAt: 0,
  }));
  let longestMs = 0;
  for (let round = 1; ; round += 1) {
    const started = timing.now();
    const verdicts = await verdictsOf(consumer, lanes.flatMap(readable), timing);
    lanes = lanes.filter((lane) => advanceLane(lane, verdicts, ends, timing.now()));
    if (lanes.length === 0) return ends;
    longestMs = Math.max(longestMs, timing.now() - started);
    const delay = retryDelay(Math.max(...lanes.map(({ failures }) => failures)), timing.random());
    if (timing.remaining() < delay + longestMs + RESERVE_MS) {
      for (const { rest } of lanes) report(rest, verdicts, ends);
      return ends;
    }
    await timing.wait(delay);
  }
};

/** The tasks of a lane up to the first that does not decode. */
const readable = ({ rest }: Lane): Task[] => {
  const bad = rest.findIndex(({ content }) => 'error' in content);
  return bad < 0 ? rest : rest.slice(0, bad);
};

type Verdicts = ReadonlyMap<Task, Verdict>;

/** That a consumer could not even begin says nothing about its records: they are not parked for it. */
class CouldNotBegin extends TransientError {
  constructor(cause: unknown) {
    super('could-not-begin', 'the consumer could not begin', { cause });
  }
}

const verdictsOf = async (consumer: Consumer, tasks: readonly Task[], timing: Timing): Promise<Verdicts> => {
  const deliveries = tasks.flatMap(({ content }) => ('delivery' in content ? [content.delivery] : []));
  if (deliveries.length === 0) return new Map();
  try {
    const verdicts = await consumer.process(deliveries, () => timing.remaining() - RESERVE_MS);
    return new Map(tasks.map((task, i) => [task, verdicts[i] ?? failed(new Error('no verdict'))]));
  } catch (error) {
    return new Map(tasks.map((task) => [task, failed(new CouldNotBegin(error))]));
  }
};

/** Ends what can be ended of a lane; true when the rest is to be tried again. */
const advanceLane = (lane: Lane, verdicts: Verdicts, ends: Map<Task, End>, now: number): boolean => {
  const rest = lane.rest.filter((task) => {
    const verdict = verdicts.get(task);
    if (verdict?.kind === 'applied' || verdict?.kind === 'duplicate') ends.set(task, verdict);
    else if (verdict?.kind === 'refused') ends.set(task, { ...verdict, attempts: 1, firstFailedAt: now });
    else return true;
    return false;
  });
  const [first, ...others] = rest;
  if (!first) return false;
  if (first !== lane.rest[0]) lane.failures = 0;
  if (lane.failures === 0) lane.firstFailedAt = now;
  lane.failures += 1;
  lane.rest = rest;
  const error = errorOf(first, verdicts);
  const known = error instanceof UnavailableError;
  if (classify(error) === 'transient' && lane.failures <= MAX_RETRIES && !known) return true;
  if (known || error instanceof CouldNotBegin) report(rest, verdicts, ends);
  else {
    ends.set(first, { kind: 'given-up', error, attempts: lane.failures, firstFailedAt: lane.firstFailedAt });
    for (const task of others) ends.set(task, { kind: 'behind', first: first.record });
  }
  return false;
};

const errorOf = (task: Task, verdicts: Verdicts): unknown => {
  if ('error' in task.content) return task.content.error;
  const verdict = verdicts.get(task);
  return verdict?.kind === 'failed' ? verdict.error : new Error('not tried, though nothing before it failed');
};

const report = (tasks: readonly Task[], verdicts: Verdicts, ends: Map<Task, End>): void => {
  for (const task of tasks) ends.set(task, { kind: 'report', error: errorOf(task, verdicts) });
};
