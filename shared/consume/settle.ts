import pMap from 'p-map';
import { logger } from '../observe/telemetry.ts';
import type { Consumer } from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';
import { runLanes, type End, type Timing } from './lanes.ts';
import { letterOf, type Aside, type Keeper } from './letters.ts';
import type { Task } from './task.ts';

const LANES_IN_PARALLEL = 16;

type Ends = ReadonlyMap<Task, End>;

/**
 * Takes a batch's tasks to their ends, and what has to be set aside to the dead letters: a key that is held parks
 * behind what is parked there, the others run. What could not be set aside comes again.
 */
export const settle = async (
  consumer: Consumer,
  deadLetters: DeadLetters,
  keeper: Keeper,
  tasks: readonly Task[],
  timing: Timing,
): Promise<Ends> => {
  const keys = new Set(tasks.flatMap(({ record }) => record.key ?? []));
  const heldKeys = await deadLetters.heldKeys(consumer.name, [...keys]);
  const isHeld = ({ record }: Task): boolean => heldKeys.has(record.key ?? '');
  const [ran, { behind, released }] = await Promise.all([
    runLanes(
      consumer,
      tasks.filter((task) => !isHeld(task)),
      timing,
    ),
    parkBehind(deadLetters, keeper, tasks.filter(isHeld), timing),
  ]);
  // Somebody redrove these keys since they were read as held.
  const late = released.length > 0 ? await runLanes(consumer, released, timing) : new Map<Task, End>();
  const ends = new Map([...ran, ...late]);
  const unkept = await setAside(deadLetters, keeper, ends, timing);
  return new Map([...ends, ...behind, ...unkept]);
};

/** Parks held keys' tasks behind what is parked there; `released` are those of keys that are held no more. */
const parkBehind = async (
  deadLetters: DeadLetters,
  keeper: Keeper,
  tasks: readonly Task[],
  timing: Timing,
): Promise<{ readonly behind: Ends; readonly released: readonly Task[] }> => {
  const behind = new Map<Task, End>();
  const released: Task[] = [];
  const lanes = [...Map.groupBy(tasks, ({ lane }) => lane).values()];
  await pMap(
    lanes,
    async (lane) => {
      const now = new Date(timing.now());
      try {
        const letters = lane.map((task) => letterOf(keeper, task, { kind: 'behind' }, now));
        if (await deadLetters.parkBehind(letters))
          for (const task of lane) behind.set(task, { kind: 'behind' });
        else released.push(...lane);
      } catch (error) {
        logger.error('parking behind failed', { consumer: keeper.consumer, records: lane.length, error });
        for (const task of lane) behind.set(task, { kind: 'report', error });
      }
    },
    { concurrency: LANES_IN_PARALLEL },
  );
  return { behind, released };
};

/** Parks what was given up and keeps what was refused. @returns the tasks that could not be, to be reported */
const setAside = async (
  deadLetters: DeadLetters,
  keeper: Keeper,
  ends: Ends,
  timing: Timing,
): Promise<Ends> => {
  const now = new Date(timing.now());
  const asides = [...ends].flatMap(([task, end]): { task: Task; end: Aside }[] =>
    end.kind === 'given-up' || end.kind === 'behind' || end.kind === 'refused' ? [{ task, end }] : [],
  );
  const keep = async (
    some: readonly { task: Task; end: Aside }[],
    how: (letters: ReturnType<typeof letterOf>[]) => Promise<void>,
  ): Promise<[Task, End][]> => {
    if (some.length === 0) return [];
    try {
      await how(some.map(({ task, end }) => letterOf(keeper, task, end, now)));
      return [];
    } catch (error) {
      logger.error('parking failed', { consumer: keeper.consumer, records: some.length, error });
      return some.map(({ task }) => [task, { kind: 'report', error }]);
    }
  };
  const isRefused = ({ end }: { end: Aside }): boolean => end.kind === 'refused';
  const unkept = await Promise.all([
    keep(
      asides.filter((aside) => !isRefused(aside)),
      (letters) => deadLetters.park(letters),
    ),
    keep(asides.filter(isRefused), (letters) => deadLetters.keepRefused(letters)),
  ]);
  return new Map(unkept.flat());
};
