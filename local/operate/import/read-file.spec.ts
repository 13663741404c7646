import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UsageError } from '../api-access.ts';
import { readCsvFile } from './read-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

it('reads a file under a key that follows from its content alone', () => {
  const csv = 'sku,quantity\nä,1\n';
  const first = readCsvFile(file('stock.csv', csv));
  expect(first).toMatchObject({ fileName: 'stock.csv', csv });
  expect(first.key).toMatch(/^file-[0-9a-f]{64}$/);
  expect(readCsvFile(file('copy.csv', csv)).key).toBe(first.key);
  expect(readCsvFile(file('other.csv', `${csv}b,2\n`)).key).not.toBe(first.key);
});

it.each([
  ['nowhere.csv', undefined, 'cannot be read'],
  ['latin.csv', Buffer.from([0xe4, 0x0a]), 'is not UTF-8'],
  ['empty.csv', ' \n', 'is empty'],
  ['long.csv', 'x'.repeat(300 * 1_024 + 1), 'split it'],
])('refuses %s, and says why', (name, content, message) => {
  const path = content === undefined ? join(folder, name) : file(name, content);
  expect(() => readCsvFile(path)).toThrow(UsageError);
  expect(() => readCsvFile(path)).toThrow(message);
});

it('refuses a folder', () => {
  expect(() => readCsvFile(folder)).toThrow('is not a file');
});
