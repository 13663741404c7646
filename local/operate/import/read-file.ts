import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { MAX_FILE_BYTES, MAX_FILE_LINES } from '../../../shared/ingest/import-events.ts';
import { UsageError } from '../api-access.ts';

export interface CsvFile {
  readonly fileName: string;
  readonly csv: string;
  /** The same for the same content: a file that is sent again is the same request. */
  readonly key: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MAX_NAME = 120;

/**
 * Reads a file that is to be imported.
 * @throws UsageError for one that cannot be read, is no UTF-8 text, or is longer than the API takes
 */
export const readCsvFile = (path: string): CsvFile => {
  const bytes = bytesOf(path);
  let csv: string;
  try {
    csv = utf8.decode(bytes);
  } catch (cause) {
    throw new UsageError(`${path} is not UTF-8 text: save it as "CSV UTF-8"`, { cause });
  }
  const lines = csv.split('\n').length - 1;
  // Quoted fields may span lines: what is surely too long is refused here, the rest by the API.
  if (csv.trim() === '') throw new UsageError(`${path} is empty`);
  if (bytes.length > MAX_FILE_BYTES)
    throw new UsageError(
      `${path} has ${Math.ceil(bytes.length / 1_024)} KiB and ${lines} lines; a file may have ` +
        `${MAX_FILE_BYTES / 1_024} KiB and ${MAX_FILE_LINES} lines: split it, each part with the heading`,
    );
  const key = `file-${createHash('sha256').update(bytes).digest('hex')}`;
  return { fileName: basename(path).slice(-MAX_NAME), csv, key };
};

const bytesOf = (path: string): Buffer => {
  try {
    if (!statSync(path).isFile()) throw new UsageError(`${path} is not a file`);
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
};
