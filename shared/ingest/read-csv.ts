import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { z } from 'zod';
import { SchemaViolation } from '../errors/mesh-error.ts';
import { MAX_FILE_LINES, MAX_LINE_NUMBER, type Problem } from './import-events.ts';

/** How the lines of a kind of file are read. */
export interface CsvFormat<Fields> {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** From a line's texts by column; an empty text is absent. Its messages are what a person is told. */
  readonly line: z.ZodType<Fields>;
}

export interface CsvLines<Fields> {
  readonly lines: readonly { readonly line: number; readonly fields: Fields }[];
  readonly rejected: readonly Problem[];
}

/** As csv-parse gives them with `info`. */
const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

const MAX_REASON = 200;

/**
 * Reads a CSV file (RFC 4180, UTF-8, with a heading): its well-formed lines, and the others with the reason.
 * @throws SchemaViolation for what is no such file at all: quotes that do not close, another heading, too many lines
 */
export const readCsv = <Fields>(text: string, format: CsvFormat<Fields>): CsvLines<Fields> => {
  const [heading, ...rows] = recordsOf(text);
  const columns = columnsOf(heading?.record ?? [], format);
  if (rows.length > MAX_FILE_LINES) throw bad(`may hold ${MAX_FILE_LINES} lines, not ${rows.length}`);
  const last = rows.at(-1)?.info.lines ?? 0;
  if (last > MAX_LINE_NUMBER) throw bad(`may end at line ${MAX_LINE_NUMBER}, not ${last}`);
  const lines: { line: number; fields: Fields }[] = [];
  const rejected: Problem[] = [];
  for (const { record, info } of rows) {
    const read = fieldsOf(record, columns, format);
    if (typeof read === 'string') rejected.push({ line: info.lines, reason: read.slice(0, MAX_REASON) });
    else lines.push({ line: info.lines, fields: read.fields });
  }
  return { lines, rejected };
};

const bad = (message: string): SchemaViolation => new SchemaViolation('file', [{ path: 'csv', message }]);

const recordsOf = (text: string): z.infer<typeof recordsSchema> => {
  try {
    return recordsSchema.parse(
      parseCsv(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }),
    );
  } catch (error) {
    if (error instanceof CsvError) throw bad(`is no CSV: ${error.message}`);
    throw error;
  }
};

const columnsOf = (heading: readonly string[], { required, optional }: CsvFormat<unknown>): string[] => {
  const known = [...required, ...optional];
  const isGood =
    required.every((name) => heading.includes(name)) &&
    heading.every((name, at) => known.includes(name) && heading.indexOf(name) === at);
  if (isGood) return [...heading];
  const wanted = [...required, ...optional.map((name) => `${name} (optional)`)].join(', ');
  throw bad(`must begin with a line that names its columns: ${wanted}`);
};

/** A line's fields, or the reason why it has none. */
const fieldsOf = <Fields>(
  record: readonly string[],
  columns: readonly string[],
  { line }: CsvFormat<Fields>,
): { readonly fields: Fields } | string => {
  if (record.length !== columns.length) return `has ${record.length} columns, not ${columns.length}`;
  const texts = Object.fromEntries(
    columns.flatMap((name, at) => (record[at] === '' ? [] : [[name, record[at]]])),
  );
  const read = line.safeParse(texts);
  if (read.success) return { fields: read.data };
  return read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
};
