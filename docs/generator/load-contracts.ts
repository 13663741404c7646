import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { EventDefinition } from '../../shared/define/event.ts';
import { contexts } from '../../shared/define/topics.ts';

const functionsFolder = path.resolve(import.meta.dirname, '../../functions');

/** A projection or policy by its name, with what it listens to. */
export interface Listener {
  readonly name: string;
  readonly listens: readonly EventDefinition[];
}

export interface Contracts {
  /** Every event of the mesh, by context and in the order of declaration. */
  readonly events: readonly EventDefinition[];
  readonly listeners: readonly Listener[];
}

const has = <Name extends string>(value: unknown, ...names: Name[]): value is Record<Name, unknown> =>
  typeof value === 'object' && value !== null && names.every((name) => name in value);

const isEvent = (value: unknown): value is EventDefinition =>
  has(value, 'type', 'aggregate', 'schema', 'schemaVersion');

const isListener = (value: unknown): value is Listener =>
  has(value, 'name', 'listens') && Array.isArray(value.listens);

const exportsOf = async (file: string): Promise<unknown[]> => {
  const module: unknown = await import(file);
  return typeof module === 'object' && module !== null ? Object.values<unknown>({ ...module }) : [];
};

const modulesOf = async (...folders: string[]): Promise<string[]> => {
  const found = await Promise.all(
    folders
      .filter((folder) => existsSync(folder))
      .map(async (folder) =>
        (await readdir(folder))
          .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
          .map((name) => path.join(folder, name)),
      ),
  );
  return found.flat().sort();
};

/** Reads out of the code what every context publishes and who listens. Nothing is listed by hand. */
export const loadContracts = async (): Promise<Contracts> => {
  const events: EventDefinition[] = [];
  const listeners: Listener[] = [];
  for (const context of contexts) {
    const folder = path.join(functionsFolder, context);
    const contract = path.join(folder, 'events.ts');
    // Not every context of the manifest has a folder yet.
    if (!existsSync(contract)) continue;
    // Modules list their exports in an order of their own; an aggregate keeps the order of declaration.
    const aggregates = new Set((await exportsOf(contract)).filter(isEvent).map(({ aggregate }) => aggregate));
    const byType = [...aggregates].sort((a, b) => (a.type < b.type ? -1 : 1));
    events.push(...byType.flatMap((aggregate) => [...aggregate.events.values()]));
    for (const file of await modulesOf(path.join(folder, 'projections'), path.join(folder, 'policies')))
      listeners.push(...(await exportsOf(file)).filter(isListener));
  }
  return { events, listeners: listeners.sort((a, b) => (a.name < b.name ? -1 : 1)) };
};
