import { parseArgs } from 'node:util';
import { readSchedule, type Schedule } from './schedule.ts';

export type ExplorerArguments =
  | { readonly mode: 'search'; readonly schedules: number; readonly seed: number | undefined }
  | { readonly mode: 'replay'; readonly schedule: Schedule };

/** A command line that cannot be run; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `npm run explore` runs over the mesh's own consumers. */
const SCHEDULES = 10_000;

/**
 * Reads the command line.
 * @throws UsageError for an unknown or malformed flag, or a combination that makes no sense
 */
export const readArguments = (args: readonly string[]): ExplorerArguments => {
  const { schedules, seed, replay } = parseFlags(args);
  if (replay === undefined) {
    return {
      mode: 'search',
      schedules: schedules === undefined ? SCHEDULES : wholeNumber('schedules', schedules, 1, 1_000_000),
      seed: seed === undefined ? undefined : wholeNumber('seed', seed, 0, 2 ** 31 - 1),
    };
  }
  if (schedules !== undefined || seed !== undefined)
    throw new UsageError('--replay runs one schedule: it takes neither --schedules nor --seed');
  try {
    return { mode: 'replay', schedule: readSchedule(replay) };
  } catch (cause) {
    throw new UsageError(`--replay: ${messageOf(cause)}`, { cause });
  }
};

const parseFlags = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { schedules: text, seed: text, replay: text } }).values;
  } catch (cause) {
    throw new UsageError(`${messageOf(cause)}\nFlags: --schedules N, --seed N, --replay '<schedule>'`, {
      cause,
    });
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const wholeNumber = (flag: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`--${flag} takes a whole number from ${min} to ${max}, not "${text}"`);
  return value;
};
