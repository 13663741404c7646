import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SchemaViolation } from '../errors/mesh-error.ts';
import { csvInteger, csvText } from './csv-fields.ts';
import { readCsv, type CsvFormat } from './read-csv.ts';

const format: CsvFormat<{ name: string; count: number; note?: string | undefined }> = {
  required: ['name', 'count'],
  optional: ['note'],
  line: z.object({
    name: csvText.max(10, 'is too long'),
    count: csvInteger.pipe(z.int().min(1, 'must be 1 or more')),
    note: z.string().optional(),
  }),
};

describe('a CSV file', () => {
  it('is read by the names of its columns, whatever their order, with quotes, blanks and a byte order mark', () => {
    const text = '\ufeffcount, name ,note\r\n3,"a, ""b""",\r\n\r\n 4 , c ,"two\nlines"\r\n';
    expect(readCsv(text, format)).toEqual({
      lines: [
        { line: 2, fields: { count: 3, name: 'a, "b"' } },
        { line: 5, fields: { count: 4, name: 'c', note: 'two\nlines' } },
      ],
      rejected: [],
    });
  });

  it('gives the lines that are not well-formed by number and reason, and the others all the same', () => {
    const text = 'name,count\na,1\n,2\nb,many\nc,1,x\nd\nlonger-than-ten,0\ne,5\n';
    const { lines, rejected } = readCsv(text, format);
    expect(lines.map(({ line }) => line)).toEqual([2, 8]);
    expect(rejected).toEqual([
      { line: 3, reason: 'name is missing' },
      { line: 4, reason: 'count must be a whole number' },
      { line: 5, reason: 'has 3 columns, not 2' },
      { line: 6, reason: 'has 1 columns, not 2' },
      { line: 7, reason: 'name is too long; count must be 1 or more' },
    ]);
  });

  it.each([
    ['that is empty', '', 'must begin with a line that names its columns: name, count, note (optional)'],
    ['without a heading', 'a,1\n', 'must begin with'],
    ['that lacks a column', 'name,note\n', 'must begin with'],
    ['with a column that nobody knows', 'name,count,colour\n', 'must begin with'],
    ['with a column twice', 'name,count,name\n', 'must begin with'],
    ['whose quotes do not close', 'name,count\n"a,1\n', 'is no CSV'],
    ['that ends too far down', `name,count\n${'\n'.repeat(50_000)}a,1\n`, 'may end at line 50000, not 50002'],
    ['of too many lines', `name,count\n${'a,1\n'.repeat(5_001)}`, 'may hold 5000 lines, not 5001'],
  ])('%s is refused whole', (_, text, message) => {
    expect(() => readCsv(text, format)).toThrow(SchemaViolation);
    expect(() => readCsv(text, format)).toThrow(message);
  });
});
