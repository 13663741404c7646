import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusinessError, PermanentError, TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { memoryCircuit } from '../testing/memory-circuit.ts';
import { circuit, REFUSES_FOR_MS, type Circuit } from './circuit.ts';
import type { CircuitMemory } from './circuit-memory.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const setUp = (memory: CircuitMemory = memoryCircuit()) => {
  const told: string[] = [];
  const watcher = {
    met: () => undefined,
    changed: (_: string, phase: string) => told.push(phase),
    forgetful: () => told.push('forgetful'),
  };
  /** As many function instances as a test wants: none remembers anything by itself. */
  const instance = (): Circuit => circuit('the provider', memory, watcher);
  return { told, instance };
};

const down = new TransientError('provider-unavailable', 'answered 503');
const fail = (through: Circuit) => through.run(() => Promise.reject(down)).catch((error: unknown) => error);
const succeed = (through: Circuit) =>
  through.run(() => Promise.resolve('done')).catch((error: unknown) => error);
const times = async (n: number, call: () => Promise<unknown>): Promise<unknown[]> => {
  const results: unknown[] = [];
  for (let i = 0; i < n; i += 1) results.push(await call());
  return results;
};

describe('a closed circuit', () => {
  it('opens at half failures, over all instances together (CON-12)', async () => {
    const { told, instance } = setUp();
    await times(3, () => succeed(instance()));
    expect(await times(2, () => fail(instance()))).toEqual([down, down]);
    expect(told).toEqual([]);
    expect(await fail(instance())).toBe(down);
    expect(told).toEqual(['open']);
    expect(await succeed(instance())).toBeInstanceOf(UnavailableError);
  });

  it('does not open below its minimum of calls', async () => {
    const { told, instance } = setUp();
    await times(4, () => fail(instance()));
    expect(told).toEqual([]);
    await fail(instance());
    expect(told).toEqual(['open']);
  });

  it('forgets what has left its window', async () => {
    const { told, instance } = setUp();
    await times(11, () => succeed(instance()));
    await times(9, () => fail(instance()));
    expect(told).toEqual([]);
    await times(20, () => succeed(instance()));
    await times(9, () => fail(instance()));
    expect(told).toEqual([]);
    await fail(instance());
    expect(told).toEqual(['open']);
  });

  it.each([
    new BusinessError('declined', 'no funds'),
    new PermanentError('provider-contract', 'answered 418'),
  ])('takes $name for an answer', async (answer) => {
    const { told, instance } = setUp();
    const refused = () => instance().run(() => Promise.reject(answer));
    for (let i = 0; i < 30; i += 1) await expect(refused()).rejects.toBe(answer);
    expect(told).toEqual([]);
  });
});

/** Opens a circuit, and lets the time pass in which it refuses. */
const opened = async () => {
  const made = setUp();
  await times(5, () => fail(made.instance()));
  vi.advanceTimersByTime(REFUSES_FOR_MS);
  return made;
};

describe('an open circuit', () => {
  it('makes no call, and says when to try again', async () => {
    const { instance } = setUp();
    await times(5, () => fail(instance()));
    const call = vi.fn(() => Promise.resolve());
    vi.advanceTimersByTime(REFUSES_FOR_MS - 1);
    await expect(instance().run(call)).rejects.toMatchObject({
      code: 'circuit-open',
      errorClass: 'transient',
      retryAt: new Date(Date.now() + 1),
    });
    expect(call).not.toHaveBeenCalled();
  });

  it('is not moved by a call that began before it opened', async () => {
    const { told, instance } = setUp();
    const slow = Promise.withResolvers<string>();
    const early = instance().run(() => slow.promise);
    await vi.advanceTimersByTimeAsync(0);
    await times(5, () => fail(instance()));
    slow.resolve('late');
    expect(await early).toBe('late');
    expect(told).toEqual(['open']);
    expect(await succeed(instance())).toBeInstanceOf(UnavailableError);
  });
});

describe('a half-open circuit', () => {
  it('closes after its probes have passed, whichever instances made them (C15)', async () => {
    const { told, instance } = await opened();
    expect(await times(4, () => succeed(instance()))).toEqual(Array(4).fill('done'));
    expect(told).toEqual(['open', 'half-open']);
    await succeed(instance());
    expect(told).toEqual(['open', 'half-open', 'closed']);
  });

  it.each([0, 1, 4])('opens again when a probe fails after %i have passed', async (passed) => {
    const { told, instance } = await opened();
    await times(passed, () => succeed(instance()));
    expect(await fail(instance())).toBe(down);
    expect(told).toEqual(['open', 'half-open', 'open']);
    expect(await succeed(instance())).toBeInstanceOf(UnavailableError);
    vi.advanceTimersByTime(REFUSES_FOR_MS);
    await times(5, () => succeed(instance()));
    expect(told.slice(3)).toEqual(['half-open', 'closed']);
  });

  it('starts with an empty window once it has closed', async () => {
    const { told, instance } = await opened();
    await times(5, () => succeed(instance()));
    await times(3, () => fail(instance()));
    expect(told.at(-1)).toBe('closed');
  });

  it('lets only so many probes through at once, and forgets those that never report', async () => {
    const { told, instance } = await opened();
    const never = vi.fn(() => new Promise<never>(() => undefined));
    for (let i = 0; i < 5; i += 1)
      instance()
        .run(never)
        .catch((error: unknown) => told.push(String(error)));
    await vi.advanceTimersByTimeAsync(0);
    expect(never).toHaveBeenCalledTimes(5);
    expect(await succeed(instance())).toMatchObject({ retryAt: new Date(Date.now() + REFUSES_FOR_MS) });
    vi.advanceTimersByTime(REFUSES_FOR_MS);
    await times(5, () => succeed(instance()));
    expect(told.at(-1)).toBe('closed');
  });
});

describe('a memory', () => {
  it('that fails leaves the provider reachable', async () => {
    const broken = { load: () => Promise.reject(down), save: () => Promise.reject(down) };
    const { told, instance } = setUp(broken);
    expect(await succeed(instance())).toBe('done');
    expect(await fail(instance())).toBe(down);
    expect(new Set(told)).toEqual(new Set(['forgetful']));
  });

  it('is shared by many at once: a provider that is down is noticed, whatever the order', async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 5, max: 20 }), async (scheduler, calls) => {
        const memory = memoryCircuit();
        const { told, instance } = setUp({
          load: scheduler.scheduleFunction(() => memory.load()),
          save: scheduler.scheduleFunction((...args) => memory.save(...args)),
        });
        const all = Promise.all(Array.from({ length: calls }, () => fail(instance())));
        await scheduler.waitFor(all);
        // Each gives way to a few others, no more: what is left is enough to see it.
        await scheduler.waitFor(times(5, () => fail(instance())));
        expect(told[0]).toBe('open');
      }),
    );
  });
});
