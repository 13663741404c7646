import pMap from 'p-map';
import { failed, held, type Consumer, type Delivery, type Verdict } from '../consume/consumer.ts';
import { runLanes, type End, type Timing } from '../consume/lanes.ts';
import type { RehearsedWrite } from '../consume/redrive.ts';
import type { Task } from '../consume/task.ts';
import { UnavailableError } from '../errors/mesh-error.ts';
import { standGuard } from './guard.ts';
import { newStage, type Stage } from './rehearsal.ts';

/** How tasks would end, and what each would have written: nothing where it is not named. */
export interface Rehearsed {
  readonly ends: ReadonlyMap<Task, End>;
  readonly writes: ReadonlyMap<Task, readonly RehearsedWrite[]>;
}

/** With less time than this left in the invocation, no record is begun; milliseconds. */
const RESERVE_MS = 3_000;
const IN_PARALLEL = 16;

/** A view stands still: what failed fails again, and there is nothing to wait for. */
const noWait = (): Promise<void> => Promise.resolve();

/**
 * Runs tasks with today's code on a copy-on-write view of the tables, and leaves everything as it is.
 *
 * First all at once, as a batch: that reads what is needed in few requests, and is all there is to it when nothing
 * would be written. Otherwise again on the same view, one record after the other in the order of the batch, so
 * that every write has its record.
 */
export const rehearse = async (
  consumer: Consumer,
  tasks: readonly Task[],
  timing: Timing,
): Promise<Rehearsed> => {
  standGuard();
  const stage = newStage();
  const ends = await endsWithoutWrites(consumer, stage, tasks);
  if (ends) return { ends, writes: new Map() };
  return oneByOne(consumer, stage.anew(), tasks, { ...timing, wait: noWait });
};

/**
 * Rehearses each task by itself, on the tables as they are: whether its effect stands. None holds another.
 */
export const rehearseApart = async (
  consumer: Consumer,
  tasks: readonly Task[],
  timing: Timing,
): Promise<Rehearsed> => {
  standGuard();
  const stage = newStage();
  const together = await endsWithoutWrites(consumer, stage, tasks);
  if (together) return { ends: together, writes: new Map() };
  const ends = new Map<Task, End>();
  const writes = new Map<Task, readonly RehearsedWrite[]>();
  const alone = async (task: Task): Promise<void> => {
    const rehearsed = await oneByOne(consumer, stage.anew(), [task], { ...timing, wait: noWait });
    for (const [of, end] of rehearsed.ends) ends.set(of, end);
    for (const [of, made] of rehearsed.writes) writes.set(of, made);
  };
  await pMap(tasks, alone, { concurrency: IN_PARALLEL });
  return { ends, writes };
};

/** How a batch would end that changes nothing; undefined when there is more to say about it. */
const endsWithoutWrites = async (
  consumer: Consumer,
  stage: Stage,
  tasks: readonly Task[],
): Promise<Rehearsed['ends'] | undefined> => {
  const deliveries = tasks.flatMap(({ content }) => ('delivery' in content ? [content.delivery] : []));
  if (deliveries.length === 0) return undefined;
  const probe = await stage.run(() =>
    consumer.process(deliveries).catch((error: unknown) => [failed(error)]),
  );
  if (probe.writes.length + probe.breaches.length > 0 || deliveries.length < tasks.length) return undefined;
  const ends = new Map<Task, End>();
  for (const [i, task] of tasks.entries()) {
    const verdict = probe.result[i];
    if (verdict?.kind !== 'applied' && verdict?.kind !== 'duplicate') return undefined;
    ends.set(task, verdict);
  }
  return ends;
};

const oneByOne = async (
  consumer: Consumer,
  stage: Stage,
  tasks: readonly Task[],
  timing: Timing,
): Promise<Rehearsed> => {
  const writes = new Map<Delivery, RehearsedWrite[]>();
  const one = async (delivery: Delivery): Promise<Verdict> => {
    if (timing.remaining() < RESERVE_MS)
      return failed(new UnavailableError('out-of-time', 'the invocation had no time left for this record'));
    const notes = await stage.run(() => consumer.process([delivery]));
    writes.set(delivery, [...(writes.get(delivery) ?? []), ...notes.writes]);
    // However the code took the refusal: its verdict is not what would happen.
    const [breach] = notes.breaches;
    return breach ? failed(breach) : (notes.result[0] ?? failed(new Error('no verdict')));
  };
  const inTurn: Consumer = {
    ...consumer,
    process: async (deliveries) => {
      const stopped = new Set<string>();
      const verdicts: Verdict[] = [];
      for (const delivery of deliveries) {
        const verdict = stopped.has(delivery.key) ? held : await one(delivery);
        if (verdict.kind === 'failed') stopped.add(delivery.key);
        verdicts.push(verdict);
      }
      return verdicts;
    },
  };
  const ends = await runLanes(inTurn, tasks, timing);
  return {
    ends,
    writes: new Map(
      tasks.map((task) => [
        task,
        'delivery' in task.content ? (writes.get(task.content.delivery) ?? []) : [],
      ]),
    ),
  };
};
