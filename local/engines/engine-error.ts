import { readFileSync } from 'node:fs';

export type EngineErrorCode = 'PORT_TAKEN' | 'NOT_SET_UP' | 'CRASHED' | 'NOT_READY';

/** An engine could not start or died: what happened, its last words, and what to do about it. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly engine: string;

  constructor(code: EngineErrorCode, engine: string, what: string, todo: string, options?: ErrorOptions) {
    super(`${engine}: ${what}\n  what to do: ${todo}`, options);
    this.name = 'EngineError';
    this.code = code;
    this.engine = engine;
  }
}

// A function's log lines are JSON of any length; the whole of them is in the file.
const MAX_LINE = 240;

/** The last lines of a log, indented for a terminal; says so when there are none. */
export function logTail(logFile: string, lines = 15): string {
  let text: string;
  try {
    text = readFileSync(logFile, 'utf8').trimEnd();
  } catch (error) {
    return `  (no log: ${error instanceof Error ? error.message : String(error)})`;
  }
  if (text === '') return '  (the log is empty)';
  return text
    .split('\n')
    .slice(-lines)
    .map((line) => `  | ${line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)} …` : line}`)
    .join('\n');
}
