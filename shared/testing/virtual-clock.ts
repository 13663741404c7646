import type { Timing } from '../consume/lanes.ts';
import { testTime } from './envelope-of.ts';

export interface VirtualClock extends Omit<Timing, 'remaining'> {
  /** How long it was waited, in order, milliseconds. */
  readonly waits: readonly number[];
  /** Milliseconds since the clock was made. */
  elapsed(): number;
  /** Lets time pass. */
  pass(milliseconds: number): void;
}

/** Time that passes only where somebody waits for it, and chance that is always in the middle. */
export const virtualClock = (): VirtualClock => {
  const waits: number[] = [];
  let elapsed = 0;
  return {
    waits,
    elapsed: () => elapsed,
    pass: (milliseconds) => void (elapsed += milliseconds),
    now: () => testTime + elapsed,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      elapsed += milliseconds;
    },
    random: () => 0.5,
  };
};
