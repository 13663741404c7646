import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import type { Operation } from '../../shared/http/api.ts';
import { contextOf } from '../../plugins/context-resources.ts';
import type { LoadedFunction } from './load-handlers.ts';

/** A command of a context, and all the ways it comes by. */
export interface Command {
  /** Imperative, as `SubmitOrder`. */
  readonly name: string;
  readonly context: string;
  readonly operations: readonly Operation[];
  readonly fromSaga: boolean;
  /** The policies whose action it is. */
  readonly policies: readonly string[];
}

const functionsFolder = path.resolve(import.meta.dirname, '../../functions');

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const isSchema = (value: unknown): value is z.ZodType =>
  typeof value === 'object' && value !== null && '_zod' in value;

/** Types that say more than their schema does: commands that only policies give have no schema. */
const OWN_TYPE = /^export (?:type|interface) (\w+)(?! = z\.(?:infer|input|output)<typeof)\b/gm;
const EXPORTED = /^export (?:const|function) (\w+)/gm;
const IMPORTED = /^import \{([^}]+)\} from/gm;
const POLICY = /\bpolicy<([^>]+)>\(\s*'([^']+)'/g;
/** A policy whose action is one of several commands names them: `command: 'RedeemPromotion' | 'ReleaseRedemption'`. */
const NAMED = /'([A-Z][a-z]+[A-Z]\w+)'/g;

const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));

const textsOf = async (folder: string, pattern: string): Promise<string[]> => {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: folder })) if (!file.endsWith('.spec.ts')) files.push(file);
  return Promise.all(files.sort().map((file) => readFile(path.join(folder, file), 'utf8')));
};

/** How the decision behind a route without a body of its own begins: `…/dispatch` is `dispatchDelivery`. */
const verbsOf = ({ method, path: route }: Operation): string[] => {
  const last = route.split('/').findLast((part) => part !== '' && !part.startsWith('{')) ?? '';
  const verb = last.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return method === 'DELETE' ? [verb, 'remove', 'delete'] : [verb];
};

/** The command of each route: its body's name in `commands.ts`, or that of the one function that decides it. */
const commandsOfRoutes = async (
  functions: readonly LoadedFunction[],
  bodies: ReadonlyMap<z.ZodType, string>,
): Promise<ReadonlyMap<Operation, string>> => {
  const commands = functions.flatMap(({ file, operations }) =>
    operations.filter(({ kind }) => kind !== 'query').map((operation) => ({ file, operation })),
  );
  const named = await Promise.all(
    commands.map(async ({ file, operation }): Promise<[Operation, string] | undefined> => {
      const body = bodies.get(operation.input);
      const alone = commands.filter(({ operation: { input } }) => input === operation.input).length === 1;
      if (body !== undefined && alone) return [operation, body];
      const source = await readFile(path.resolve(functionsFolder, '..', file), 'utf8');
      const deciding = namesIn(source, IMPORTED).filter(
        (name) =>
          !name.endsWith('Schema') &&
          verbsOf(operation).some((verb) => new RegExp(`^${verb}[A-Z]`).test(name)),
      );
      return deciding[0] !== undefined && deciding.length === 1 ? [operation, deciding[0]] : undefined;
    }),
  );
  return new Map(named.filter((pair) => pair !== undefined));
};

const commandsOf = async (context: string, functions: readonly LoadedFunction[]): Promise<Command[]> => {
  const folder = path.join(functionsFolder, context);
  const file = path.join(folder, 'commands.ts');
  const exported: object = existsSync(file) ? ((await import(file)) as object) : {};
  const text = (await textsOf(folder, 'commands.ts')).join('\n');
  // In the order of declaration, which a module's own list of its exports does not keep.
  const order = namesIn(text, EXPORTED);
  const bodies = new Map(
    Object.entries(exported)
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .flatMap(([name, value]): [z.ZodType, string][] =>
        isSchema(value) && !name.endsWith('Schema') ? [[value, name]] : [],
      ),
  );
  const routes = await commandsOfRoutes(functions, bodies);
  const decisions = new Set(namesIn((await textsOf(folder, '*.ts')).join('\n'), EXPORTED));
  const policies = (await textsOf(folder, 'policies/*.ts')).flatMap((text) => {
    const named = namesIn(text, NAMED)
      .map(camel)
      .filter((name) => decisions.has(name));
    return [...text.matchAll(POLICY)].flatMap(([, actions = '', name = '']) =>
      (named.length > 0 ? named : [...actions.matchAll(/\w+/g)].map(([action]) => camel(action))).map(
        (action) => ({ action, name }),
      ),
    );
  });
  const fromSaga = functions.flatMap(({ sagaCommands }) => sagaCommands.map(camel));
  const names = new Set([
    ...bodies.values(),
    ...namesIn(text, OWN_TYPE)
      .map(camel)
      .filter((name) => decisions.has(name)),
    ...routes.values(),
    ...fromSaga,
    ...policies.map(({ action }) => action).filter((action) => decisions.has(action)),
  ]);
  return [...names].map((name) => ({
    name: pascal(name),
    context,
    operations: [...routes].filter(([, command]) => command === name).map(([operation]) => operation),
    fromSaga: fromSaga.includes(name),
    policies: [...new Set(policies.filter(({ action }) => action === name).map((policy) => policy.name))],
  }));
};

/**
 * The commands of every context, from its `commands.ts`, its routes, the order saga and its policies. Nothing is
 * listed by hand.
 */
export const loadCommands = async (functions: readonly LoadedFunction[]): Promise<readonly Command[]> => {
  const byContext = Map.groupBy(functions, ({ name }) => contextOf(name));
  return (await Promise.all([...byContext].map(([context, own]) => commandsOf(context, own)))).flat();
};
