import { beforeEach, describe, expect, it } from 'vitest';
import { PermanentError, TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { accountEvents, accounts, Deposited, Opened, Withdrawn } from '../testing/account.ts';
import { envelopesOf } from '../testing/envelope-of.ts';
import { deliveryOf } from '../testing/msk-event.ts';
import { virtualClock, type VirtualClock } from '../testing/virtual-clock.ts';
import { applied, failed, held, type Consumer, type Delivery, type Verdict } from './consumer.ts';
import { runLanes } from './lanes.ts';
import type { Task } from './task.ts';

const down = new TransientError('down', 'no answer');
const INVOCATION_MS = 29_000;

/** `key:sequence` of a task. */
const nameOf = ({ lane, content }: Task): string =>
  'delivery' in content ? `${lane}:${content.delivery.event.sequence}` : `${lane}:bad`;

const tasksOf = (key: string, count: number): Task[] =>
  envelopesOf(key, accountEvents(Array.from({ length: count - 1 }, () => 1))).map((event, offset) => ({
    record: { topic: accounts.topic, partition: 0, offset, timestamp: 0, key },
    lane: key,
    content: { delivery: deliveryOf(accounts, event) },
  }));

const bad = (key: string): Task => ({
  record: { topic: accounts.topic, partition: 0, offset: 99, timestamp: 0, key },
  lane: key,
  content: { error: new PermanentError('not-json', 'the value is not JSON') },
});

/** A consumer that stops each key at the first event that `failing` has an error for; it says what it was given. */
const stopping = (failing: (name: string, call: number) => unknown): Consumer & { calls: string[][] } => {
  const calls: string[][] = [];
  return {
    name: 'test.consumer',
    listens: [Opened, Deposited, Withdrawn],
    calls,
    process: async (deliveries) => {
      const stopped = new Set<string>();
      const name = ({ key, event }: Delivery): string => `${key}:${event.sequence}`;
      calls.push(deliveries.map(name));
      return deliveries.map((delivery): Verdict => {
        if (stopped.has(delivery.key)) return held;
        const error = failing(name(delivery), calls.length);
        if (error === undefined) return applied;
        stopped.add(delivery.key);
        return failed(error);
      });
    },
  };
};

let clock: VirtualClock;
beforeEach(() => {
  clock = virtualClock();
});

const run = async (consumer: Consumer, tasks: readonly Task[], forMs = INVOCATION_MS) => {
  const timing = { ...clock, remaining: () => forMs - clock.elapsed() };
  const ends = await runLanes(consumer, tasks, timing);
  return {
    ends: Object.fromEntries([...ends].map(([task, { kind }]) => [nameOf(task), kind])),
    of: (name: string) => [...ends].find(([task]) => nameOf(task) === name)?.[1],
  };
};

describe('a transient failure (CON-04, CON-06)', () => {
  it('is tried again after 1, 2 and 4 s, with what follows it under its key and nothing else', async () => {
    const consumer = stopping((name) => (name === 'a:2' ? down : undefined));
    await run(consumer, [...tasksOf('a', 3), ...tasksOf('b', 2)]);
    expect(consumer.calls).toEqual([
      ['a:1', 'a:2', 'a:3', 'b:1', 'b:2'],
      ['a:2', 'a:3'],
      ['a:2', 'a:3'],
      ['a:2', 'a:3'],
    ]);
    expect(clock.waits).toEqual([1_000, 2_000, 4_000]);
  });

  it('gives up its record after the third retry; what follows parks behind it (promise 6)', async () => {
    const { ends, of } = await run(
      stopping((name) => (name === 'a:2' ? down : undefined)),
      [...tasksOf('a', 3), ...tasksOf('b', 1)],
    );
    expect(ends).toEqual({ 'a:1': 'applied', 'a:2': 'given-up', 'a:3': 'behind', 'b:1': 'applied' });
    expect(of('a:2')).toMatchObject({ error: down, attempts: 4, firstFailedAt: clock.now() - 7_000 });
  });

  it('that passes leaves no trace', async () => {
    const { ends } = await run(
      stopping((name, call) => (name === 'a:1' && call < 4 ? down : undefined)),
      tasksOf('a', 2),
    );
    expect(ends).toEqual({ 'a:1': 'applied', 'a:2': 'applied' });
  });

  it('of another record of the key has retries of its own', async () => {
    const consumer = stopping((name, call) => {
      if (name === 'a:1') return call < 4 ? down : undefined;
      return call < 7 ? down : undefined;
    });
    const { ends } = await run(consumer, tasksOf('a', 2));
    expect(ends).toEqual({ 'a:1': 'applied', 'a:2': 'applied' });
    expect(clock.waits).toEqual([1_000, 2_000, 4_000, 1_000, 2_000, 4_000]);
  });

  it('waits never past the time the function has left: its records are reported', async () => {
    const { ends } = await run(
      stopping((name) => (name === 'a:1' ? down : undefined)),
      [...tasksOf('a', 2), ...tasksOf('b', 1)],
      5_500,
    );
    expect(ends).toEqual({ 'a:1': 'report', 'a:2': 'report', 'b:1': 'applied' });
    expect(clock.waits).toEqual([1_000]);
  });

  it('also leaves the time that the slowest call so far took', async () => {
    const slow = stopping(() => down);
    const consumer: Consumer = {
      ...slow,
      process: async (deliveries) => {
        clock.pass(10_000);
        return slow.process(deliveries);
      },
    };
    const { ends } = await run(consumer, tasksOf('a', 1), 20_000);
    expect(ends).toEqual({ 'a:1': 'report' });
    expect(clock.elapsed()).toBe(10_000);
  });
});

describe('a permanent failure (CON-07)', () => {
  it('is given up at once, and takes its key with it', async () => {
    const never = new PermanentError('never', 'never');
    const { ends, of } = await run(
      stopping((name) => (name === 'a:2' ? never : undefined)),
      [...tasksOf('a', 3), ...tasksOf('b', 2)],
    );
    expect(ends).toEqual({
      'a:1': 'applied',
      'a:2': 'given-up',
      'a:3': 'behind',
      'b:1': 'applied',
      'b:2': 'applied',
    });
    expect(of('a:2')).toMatchObject({ attempts: 1 });
    expect(clock.waits).toEqual([]);
  });

  it('of decoding lets what stands before it under its key run, and holds what follows', async () => {
    const [first, second, third] = tasksOf('a', 3) as [Task, Task, Task];
    const consumer = stopping(() => undefined);
    const { ends } = await run(consumer, [first, bad('a'), second, third, ...tasksOf('b', 1)]);
    expect(ends).toEqual({
      'a:1': 'applied',
      'a:bad': 'given-up',
      'a:2': 'behind',
      'a:3': 'behind',
      'b:1': 'applied',
    });
    expect(consumer.calls).toEqual([['a:1', 'b:1']]);
  });
});

describe('a dependency that is known to be down (CON-12)', () => {
  it('costs no retry: its records come again', async () => {
    const open = new UnavailableError('circuit-open', 'try later');
    const { ends } = await run(
      stopping((name) => (name === 'a:1' ? open : undefined)),
      [...tasksOf('a', 2), ...tasksOf('b', 1)],
    );
    expect(ends).toEqual({ 'a:1': 'report', 'a:2': 'report', 'b:1': 'applied' });
    expect(clock.waits).toEqual([]);
  });
});

describe('a consumer that cannot begin', () => {
  it('is tried again, and then its records are reported rather than parked for it', async () => {
    const consumer: Consumer = { ...stopping(() => undefined), process: () => Promise.reject(down) };
    const { ends } = await run(consumer, tasksOf('a', 2));
    expect(ends).toEqual({ 'a:1': 'report', 'a:2': 'report' });
    expect(clock.waits).toEqual([1_000, 2_000, 4_000]);
  });

  it('still gives up what does not decode', async () => {
    const consumer: Consumer = { ...stopping(() => undefined), process: () => Promise.reject(down) };
    const { ends } = await run(consumer, [...tasksOf('a', 1), bad('b')]);
    expect(ends).toEqual({ 'a:1': 'report', 'b:bad': 'given-up' });
  });
});

it('verdicts that are missing count as transient failures', async () => {
  const consumer: Consumer = { ...stopping(() => undefined), process: async () => [] };
  const { ends } = await run(consumer, tasksOf('a', 1));
  expect(ends).toEqual({ 'a:1': 'given-up' });
});
