import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ProjectFacts } from './openapi.ts';

const root = path.resolve(import.meta.dirname, '../..');

const packageSchema = z.object({ version: z.string(), description: z.string(), license: z.string() });

/** What package.json says of the project. */
export const loadProject = async (): Promise<ProjectFacts> =>
  packageSchema.parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));

/** What each context is for: the first paragraph of its README. */
export const loadPurposes = async (contexts: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const purposes = new Map<string, string>();
  for (const context of contexts) {
    const file = path.join(root, 'functions', context, 'README.md');
    if (!existsSync(file)) continue;
    const [, paragraph = ''] = (await readFile(file, 'utf8')).split(/\n{2,}/);
    purposes.set(context, paragraph.replaceAll('\n', ' '));
  }
  return purposes;
};
