import { isDeepStrictEqual } from 'node:util';

/**
 * What a schema has become too small for: each change by which an event that was published, or a consumer that reads
 * it, would break (promise 8). Fields may be added if they may be absent; what is there may be allowed more, never
 * less, and keeps its type and its duty (EVT-06, EVT-07: within a major version schemas only grow).
 */
export const breakingChanges = (published: unknown, proposed: unknown): readonly string[] => {
  const roots = [objectOf(published), objectOf(proposed)] as const;
  const seen = new Set<string>();

  const compare = (at: string, before: Schema, after: Schema): readonly string[] => {
    const pair = `${String(before['$ref'])} ${String(after['$ref'])}`;
    if (before['$ref'] !== undefined || after['$ref'] !== undefined) {
      // A schema that contains itself comes back to the same pair.
      if (seen.has(pair)) return [];
      seen.add(pair);
      return compare(at, resolve(roots[0], before), resolve(roots[1], after));
    }
    const changes: Changes = { at, before, after };
    return [
      ...typeChanges(changes),
      ...valueChanges(changes),
      ...boundChanges(changes),
      ...exactChanges(changes),
      ...fieldChanges(changes, compare),
      ...openness(changes, compare),
      ...itemChanges(changes, compare),
      ...variantChanges(changes, compare),
    ];
  };
  return compare('', ...roots);
};

type Schema = Readonly<Record<string, unknown>>;
type Compare = (at: string, before: Schema, after: Schema) => readonly string[];

interface Changes {
  readonly at: string;
  readonly before: Schema;
  readonly after: Schema;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Schema => (isSchema(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const json = (value: unknown): string => JSON.stringify(value);
const named = (at: string): string => (at === '' ? 'the payload' : at);
const within = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const resolve = (root: Schema, schema: Schema): Schema => {
  const { $ref, ...beside } = schema;
  if (typeof $ref !== 'string') return schema;
  const steps = $ref.split('/').slice(1);
  return { ...objectOf(steps.reduce<unknown>((part, step) => objectOf(part)[step], root)), ...beside };
};

const typesOf = ({ type }: Schema): string => [type].flat().map(String).sort().join(' or ');

const typeChanges = ({ at, before, after }: Changes): string[] =>
  typesOf(before) === typesOf(after)
    ? []
    : [`${named(at)} was ${typesOf(before)} and is ${typesOf(after)}: a type does not change`];

/** The values that a schema names, where it names them. */
const valuesOf = (schema: Schema): readonly unknown[] | undefined =>
  'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? schema['enum'] : undefined;

const valueChanges = ({ at, before, after }: Changes): string[] => {
  const [was, is] = [valuesOf(before), valuesOf(after)];
  if (!is) return [];
  if (!was) return [`${named(at)} may now only be ${is.map(json).join(', ')}`];
  const lost = was.filter((value) => !is.some((other) => isDeepStrictEqual(value, other)));
  return lost.length > 0 ? [`${named(at)} may no longer be ${lost.map(json).join(', ')}`] : [];
};

const LOWEST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const HIGHEST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;

const boundChanges = ({ at, before, after }: Changes): string[] => {
  const narrower = (key: string, tighter: (was: number, is: number) => boolean, unbounded: number) => {
    const is = after[key];
    const was = typeof before[key] === 'number' ? before[key] : unbounded;
    return typeof is === 'number' && tighter(was, is) ? [`${named(at)}: ${key} is now ${is}`] : [];
  };
  return [
    ...LOWEST.flatMap((key) => narrower(key, (was, is) => is > was, -Infinity)),
    ...HIGHEST.flatMap((key) => narrower(key, (was, is) => is < was, Infinity)),
  ];
};

/** What no rule can tell a narrower from a wider one of. Without it a value is freer. */
const EXACT = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'propertyNames', 'not'] as const;

const exactChanges = ({ at, before, after }: Changes): string[] =>
  EXACT.filter((key) => after[key] !== undefined && !isDeepStrictEqual(before[key], after[key])).map(
    (key) => `${named(at)}: ${key} is now ${json(after[key])}`,
  );

const fieldChanges = ({ at, before, after }: Changes, compare: Compare): string[] => {
  const [was, is] = [objectOf(before['properties']), objectOf(after['properties'])];
  const [neededBefore, needed] = [new Set(listOf(before['required'])), new Set(listOf(after['required']))];
  const kept = Object.keys(was).flatMap((name) => {
    const field = within(at, name);
    if (!(name in is)) return [`${field} is gone`];
    return [
      ...(neededBefore.has(name) && !needed.has(name) ? [`${field} need not be there any more`] : []),
      ...(needed.has(name) && !neededBefore.has(name) ? [`${field} must be there now`] : []),
      ...compare(field, objectOf(was[name]), objectOf(is[name])),
    ];
  });
  const added = Object.keys(is)
    .filter((name) => !(name in was) && needed.has(name))
    .map((name) => `${within(at, name)} is new and must be there: give it a default, or let it be absent`);
  return [...kept, ...added];
};

const openness = ({ at, before, after }: Changes, compare: Compare): readonly string[] => {
  const [was, is] = [before['additionalProperties'] ?? true, after['additionalProperties'] ?? true];
  if (is === true || was === false) return [];
  if (isSchema(was) && isSchema(is)) return compare(within(at, '*'), was, is);
  return [`${named(at)} takes fewer further fields than before`];
};

const itemChanges = ({ at, before, after }: Changes, compare: Compare): readonly string[] =>
  ['items', 'additionalItems', 'prefixItems'].flatMap((key) => {
    const [was, is] = [before[key], after[key]];
    if (is === undefined || is === true) return [];
    if (isSchema(was) && isSchema(is)) return compare(`${at}[]`, was, is);
    if (Array.isArray(was) && Array.isArray(is) && was.length === is.length)
      return is.flatMap((item, i) => compare(`${at}[${i}]`, objectOf(was[i]), objectOf(item)));
    return isDeepStrictEqual(was, is) ? [] : [`${named(at)}: what is in it has changed`];
  });

/** Every variant must still be there; one more is growth. */
const variantChanges = ({ at, before, after }: Changes, compare: Compare): readonly string[] => {
  const alternatives = ['anyOf', 'oneOf'].flatMap((key) => {
    const [was, is] = [listOf(before[key]).map(objectOf), listOf(after[key]).map(objectOf)];
    if (is.length === 0 && was.length === 0) return [];
    if (is.length === 0 || was.length === 0) return [`${named(at)}: a type does not change (${key})`];
    return was
      .filter((variant) => is.every((other) => compare(at, variant, other).length > 0))
      .map((variant) => `${named(at)} may no longer be ${json(variant)}`);
  });
  const [was, is] = [listOf(before['allOf']), listOf(after['allOf'])];
  const all =
    was.length === is.length
      ? is.flatMap((part, i) => compare(at, objectOf(was[i]), objectOf(part)))
      : [`${named(at)}: a type does not change (allOf)`];
  return [...alternatives, ...all];
};
