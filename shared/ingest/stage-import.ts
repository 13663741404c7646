import { isDeepStrictEqual } from 'node:util';
import type { CommandContext, CommandHandler } from '../decide/command-handler.ts';
import { uuidFrom } from '../define/clock.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import { BusinessError, SchemaViolation } from '../errors/mesh-error.ts';
import type { Import } from './import.ts';
import { MAX_CHUNK_LINES, type Problem, type Staged } from './import-events.ts';
import { readCsv, type CsvFormat, type CsvLines } from './read-csv.ts';

interface Means<Fields> {
  readonly commands: Pick<CommandHandler, 'execute'>;
  readonly imports: Import<Fields>;
  readonly format: CsvFormat<Fields>;
}

export interface StagedImport {
  readonly importId: string;
  readonly events: readonly EventEnvelope[];
  readonly lines: number;
  readonly rejected: readonly Problem[];
}

/** An event stays small enough for any topic, a commit for any event table. */
const CHUNK_BYTES = 48 * 1_024;
const COMMIT_BYTES = 240 * 1_024;

/**
 * Stages a file: its well-formed lines are kept as events, from which they are worked off. The import's id follows
 * from the command's, so the same file under the same Idempotency-Key is the same import; a request that died halfway
 * goes on where it was.
 * @throws SchemaViolation for a file that cannot be read, or of which no line is well-formed; BusinessError
 *   `command-id-reused` when the id has staged another file
 */
export const stageImport =
  <Fields>({ commands, imports, format }: Means<Fields>) =>
  async (
    file: { readonly fileName: string; readonly csv: string },
    context: CommandContext,
  ): Promise<StagedImport> => {
    const read = readCsv(file.csv, format);
    if (read.lines.length === 0) throw nothingIn(read);
    const importId = uuidFrom(`${context.commandId}/import`);
    const chunks = chunksOf(read);
    const staged = chunks.map((chunk, i): Staged<Fields> => ({
      importId,
      fileName: file.fileName,
      chunk: i + 1,
      chunks: chunks.length,
      ...chunk,
    }));
    const events: EventEnvelope[] = [];
    for (const [i, commit] of batches(staged, COMMIT_BYTES, Infinity).entries()) {
      const part = { ...context, commandId: `${context.commandId}/${i + 1}` };
      const outcome = await commands.execute(imports.aggregate, importId, part, (state) =>
        imports.stage(state, commit),
      );
      if (outcome.repeated && !hold(outcome.events, commit))
        throw new BusinessError('command-id-reused', 'this id was used for another file');
      events.push(...outcome.events);
    }
    return { importId, events, lines: read.lines.length, rejected: read.rejected };
  };

/** Whether events hold just these chunks. They have been JSON, which leaves out what is undefined. */
const hold = <Fields>(events: readonly EventEnvelope[], chunks: readonly Staged<Fields>[]): boolean =>
  isDeepStrictEqual(
    events.map(({ payload }) => payload),
    JSON.parse(JSON.stringify(chunks)),
  );

const nothingIn = ({ rejected }: CsvLines<unknown>): SchemaViolation =>
  new SchemaViolation('file', [
    { path: 'csv', message: 'has no line that could be used' },
    ...rejected.slice(0, 20).map(({ line, reason }) => ({ path: `csv.${line}`, message: reason })),
  ]);

/** A file's lines in their order, the rejected ones where they stood, in parts. */
const chunksOf = <Fields>({ lines, rejected }: CsvLines<Fields>): CsvLines<Fields>[] => {
  const rows = [...lines, ...rejected].sort((a, b) => a.line - b.line);
  return batches(rows, CHUNK_BYTES, MAX_CHUNK_LINES).map((part) => ({
    lines: part.flatMap((row) => ('fields' in row ? [row] : [])),
    rejected: part.flatMap((row) => ('reason' in row ? [row] : [])),
  }));
};

/** Items in their order, in as few parts as their number and their size as JSON allow. */
const batches = <T>(items: readonly T[], maxBytes: number, maxItems: number): T[][] => {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    const last = parts.at(-1);
    if (last && bytes <= room && last.length < maxItems) last.push(item);
    else {
      parts.push([item]);
      room = maxBytes;
    }
    room -= bytes;
  }
  return parts;
};
