import { mock } from 'node:test';
import type { Clock } from '../../../shared/define/clock.ts';
import { testEventId } from '../../../shared/testing/envelope-of.ts';

/** Long past every lease, hold and deadline of the world before. */
const BETWEEN_WORLDS_MS = 3_600_000;

let now = Date.parse('2026-03-01T12:00:00.000Z');

/**
 * The time of a world. It stands still except where the schedule lets it pass, also for libraries that ask
 * `Date` themselves (the leases of Powertools), so one world at a time runs in a thread.
 */
export class VirtualClock implements Clock {
  readonly #world: string;
  #ids = 0;

  constructor(world: string) {
    this.#world = world;
    this.pass(BETWEEN_WORLDS_MS);
  }

  readonly now = (): Date => new Date(now);
  readonly newId = (): string => testEventId(`${this.#world} ${(this.#ids += 1)}`);

  pass(milliseconds: number): void {
    now += Math.ceil(milliseconds);
    mock.timers.setTime(now);
  }
}

/** Takes time and chance into hand for as long as worlds run in this thread; the real timers stay, for the engine's client. */
export const holdTime = (): Disposable => {
  mock.timers.enable({ apis: ['Date'], now });
  // Back-off with full jitter: without chance it is over at once.
  const chance = mock.method(Math, 'random', () => 0);
  // Powertools warns that invocations overlap in one process, which on Lambda they never do.
  const warnings = mock.method(console, 'warn', () => undefined);
  return {
    [Symbol.dispose]: () => {
      mock.timers.reset();
      chance.mock.restore();
      warnings.mock.restore();
    },
  };
};
