import { z } from 'zod';
import type { AggregateDefinition, EventDefinition } from '../define/event.ts';

/** What one file may hold. */
export const MAX_FILE_BYTES = 300 * 1_024;
export const MAX_FILE_LINES = 5_000;
/** The highest number that a line can have: records may stand over several, and empty lines are skipped. */
export const MAX_LINE_NUMBER = 10 * MAX_FILE_LINES;
/** What is worked off in one go: as much as one invocation manages, and an event that any topic takes. */
export const MAX_CHUNK_LINES = 100;

const importIdSchema = z.uuid();
export const fileNameSchema = z.string().trim().min(1).max(120);

/** Of the file: its heading is line 1. A record over several lines has the number of its last. */
const line = z.int().min(2).max(MAX_LINE_NUMBER);
/** A line that nothing came of, and why. */
const problem = z.object({ line, reason: z.string().min(1).max(200) });
export type Problem = z.infer<typeof problem>;

const chunk = z.int().min(1).max(MAX_FILE_LINES);
const count = z.int().min(0).max(MAX_FILE_LINES);

/** Some lines of a file, checked and waiting to be worked off; and those among them that are not well-formed. */
export const importStaged = <Fields extends z.ZodType>(fields: Fields) =>
  z.object({
    importId: importIdSchema,
    fileName: fileNameSchema,
    chunk,
    chunks: chunk,
    lines: z.array(z.object({ line, fields })).max(MAX_CHUNK_LINES),
    rejected: z.array(problem).max(MAX_CHUNK_LINES),
  });

export interface Staged<Fields> {
  readonly importId: string;
  readonly fileName: string;
  readonly chunk: number;
  readonly chunks: number;
  readonly lines: readonly { readonly line: number; readonly fields: Fields }[];
  readonly rejected: readonly Problem[];
}

/** A chunk was worked off: what was applied, and what the business refused. */
export const importProgressed = z.object({
  importId: importIdSchema,
  chunk,
  applied: count,
  refused: z.array(problem).max(MAX_CHUNK_LINES),
});
export type Progressed = z.infer<typeof importProgressed>;

export const importCompleted = z.object({
  importId: importIdSchema,
  applied: count,
  refused: count,
  rejected: count,
});
export type Completed = z.infer<typeof importCompleted>;

/** The events of one kind of import, as its context's contract declares them. */
export interface ImportEvents<Fields> {
  readonly definition: AggregateDefinition;
  readonly staged: EventDefinition<string, Staged<Fields>>;
  readonly progressed: EventDefinition<string, Progressed>;
  readonly completed: EventDefinition<string, Completed>;
}
