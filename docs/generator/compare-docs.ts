import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { docsFolder, schemasFolder } from './generated-files.ts';
import { breakingChanges } from './schema-compatibility.ts';

/** How docs/ stands to what the code says now. */
export interface Comparison {
  /** Files that are not what would be written, or should not be there. */
  readonly stale: readonly string[];
  /** What would break a consumer, or an event that was published. */
  readonly breaking: readonly string[];
}

const SCHEMA = /^schemas\/(\w+)\.v(\d+)\.json$/;

const read = (name: string): Promise<string> => readFile(path.join(docsFolder, name), 'utf8');

/** The schemas in docs/ that the code does not make any more: former versions, which stay, and events that are gone. */
const unmade = async (files: ReadonlyMap<string, string>) => {
  const versions = new Map(
    [...files.keys()].flatMap((name): [string, number][] => {
      const [, type, version] = SCHEMA.exec(name) ?? [];
      return type === undefined ? [] : [[type, Number(version)]];
    }),
  );
  const kept = (await readdir(schemasFolder)).map((name) => `schemas/${name}`);
  return kept
    .filter((name) => !files.has(name))
    .map((name) => {
      const [, type = name, version = '0'] = SCHEMA.exec(name) ?? [];
      return { name, former: Number(version) < (versions.get(type) ?? 0) };
    });
};

/**
 * Holds what the code says against docs/. The schemas in docs/schemas are the record of what was published: a version
 * that is there may only grow (EVT-06, EVT-10), so nothing but a hand can replace one by what breaks it, and a clone
 * without history is enough to tell.
 * @param files what would be written, by name in docs/
 */
export const compareDocs = async (files: ReadonlyMap<string, string>): Promise<Comparison> => {
  const stale: string[] = [];
  const breaking: string[] = [];
  for (const [name, text] of files) {
    const found = existsSync(path.join(docsFolder, name)) ? await read(name) : undefined;
    if (found !== text) stale.push(name);
    if (found === undefined || found === text || !name.startsWith('schemas/')) continue;
    breaking.push(
      ...breakingChanges(JSON.parse(found), JSON.parse(text)).map((change) => `docs/${name}: ${change}`),
    );
  }
  for (const { name, former } of await unmade(files))
    if (!former) breaking.push(`docs/${name}: no context publishes it any more`);
  return { stale, breaking };
};
