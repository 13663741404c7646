/** An answer of the API, looked at as a person reads it: what it is, the desk says (functions/mesh/dead-letters). */
export type Answer = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Answer => typeof value === 'object' && value !== null;

export const field = (answer: unknown, name: string): unknown =>
  isRecord(answer) ? answer[name] : undefined;

export const listOf = (answer: unknown, name: string): readonly unknown[] => {
  const list = field(answer, name);
  return Array.isArray(list) ? list : [];
};

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return '-';
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' ');
};

const WIDEST = 90;

/** Rows under a heading, columns as wide as their widest; `columns` are paths such as `cause.code`. */
export const table = (rows: readonly unknown[], columns: readonly string[]): string => {
  const lines = [
    columns.map((path) => path.split('.').at(-1) ?? path),
    ...rows.map((row) => columns.map((path) => cell(path.split('.').reduce(field, row)).slice(0, WIDEST))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** Everything of one thing, a line a field, what is deeper as indented JSON. */
export const sheet = (answer: unknown): string =>
  Object.entries(isRecord(answer) ? answer : {})
    .map(([name, value]) =>
      isRecord(value)
        ? `${name}:\n${JSON.stringify(value, null, 2).replaceAll(/^/gm, '  ')}`
        : `${name.padEnd(14)} ${cell(value)}`,
    )
    .join('\n');

/** How to get the next page, where there is one. */
export const nextPage = (answer: unknown): string => {
  const next = field(answer, 'next');
  return typeof next === 'string' ? `\n… more: --after ${next}` : '';
};
