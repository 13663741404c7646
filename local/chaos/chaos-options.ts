import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const USAGE = 'usage: npm run chaos -- [--minutes 0.5…60] [--seed N] [--json]';

export interface ChaosOptions {
  /** How long faults are injected. */
  readonly minutes: number;
  /** Every random choice of a run follows from it. */
  readonly seed: number;
  readonly json: boolean;
}

const MAX_SEED = 2 ** 31 - 1;

const numberOf = (name: string, text: string, fits: (value: number) => boolean, wanted: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !fits(value)) throw new TypeError(`--${name} takes ${wanted}, not "${text}"`);
  return value;
};

/**
 * Reads the command line. Without a seed one is drawn: the report names it, so that the run can be had again.
 * @throws TypeError for flags that cannot be run
 */
export const readChaosOptions = (args: readonly string[]): ChaosOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    minutes: numberOf('minutes', values.minutes, (n) => n >= 0.5 && n <= 60, 'a number from 0.5 to 60'),
    seed:
      values.seed === undefined
        ? randomInt(MAX_SEED)
        : numberOf(
            'seed',
            values.seed,
            (n) => Number.isInteger(n) && n >= 0 && n <= MAX_SEED,
            `a whole number from 0 to ${MAX_SEED}`,
          ),
    json: values.json,
  };
};
