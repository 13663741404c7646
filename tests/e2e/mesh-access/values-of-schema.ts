import fc from 'fast-check';
import { schemaAt, type Described } from './described-routes.ts';

const LONG = 70_000;

/** Values that few schemas expect: of every kind, none, too large, too small, too long, not ASCII. */
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e300,
  -1e300,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '\u0000',
  '\u{1F600}\u0301\u202e',
  '5',
  'x'.repeat(5_000),
  [],
  {},
  [[[[{}]]]],
  { amount: -1, currency: 'euro' },
];

const oddNames = ['isAdmin', '__proto__', 'constructor', 'toString', '\u{1F600}', '', '$ne', 'x'.repeat(500)];

const numberOf = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);
const listOf = (value: unknown): readonly Described[] =>
  // Parts of a JSON Schema in a list are schemas.
  Array.isArray(value) ? (value as readonly Described[]) : [];

const text = ({ pattern, format, minLength, maxLength }: Described): fc.Arbitrary<string> => {
  if (format === 'date-time') return fc.constant('2020-02-29T00:00:00.000Z');
  if (format === 'date') return fc.constant('2020-02-29');
  if (format === 'email') return fc.constant('ada@example.test');
  if (format === 'uri') return fc.constant('https://example.test/hook');
  const least = numberOf(minLength, 0);
  const most = Math.min(numberOf(maxLength, LONG), least + 20);
  if (typeof pattern === 'string')
    return fc
      .stringMatching(new RegExp(pattern), { size: '-1' })
      .filter(({ length }) => length <= most + 100);
  return fc.string({ minLength: least, maxLength: most });
};

const fields = ({ properties, required }: Described): fc.Arbitrary<unknown> => {
  // `properties` is a record of schemas.
  const shape = Object.entries((properties ?? {}) as Readonly<Record<string, Described>>);
  const needed = listOf(required).map(String);
  return fc.record(Object.fromEntries(shape.map(([name, schema]) => [name, valueOf(schema)])), {
    requiredKeys: shape.map(([name]) => name).filter((name) => needed.includes(name)),
    noNullPrototype: true,
  });
};

const ofType = (type: unknown, schema: Described): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({
        min: Math.max(numberOf(schema['minimum'], 0), -1e9),
        max: Math.min(numberOf(schema['maximum'], 1e9), 1e9),
      });
    case 'number':
      return fc.double({
        min: numberOf(schema['minimum'], 0),
        max: numberOf(schema['maximum'], 1e9),
        noNaN: true,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const least = numberOf(schema['minItems'], 0);
      const tuple = listOf(schema['prefixItems']);
      if (tuple.length > 0) return fc.tuple(...tuple.map(valueOf));
      // `items` is a schema, or there is none.
      const items = valueOf((schema['items'] ?? {}) as Described);
      return fc.array(items, { minLength: least, maxLength: least + 2 });
    }
    case 'object':
      return fields(schema);
    default:
      return fc.constantFrom(...odd);
  }
};

/** Values that a schema takes, as far as a schema can say. */
export const valueOf = (schema: Described): fc.Arbitrary<unknown> => {
  const { $ref, anyOf, oneOf, type } = schema;
  // One that contains itself ends at once: what is in it does not matter here.
  if (typeof $ref === 'string') return $ref.includes('/$defs/') ? fc.jsonValue() : valueOf(schemaAt($ref));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as readonly unknown[]));
  const variants = [...listOf(anyOf), ...listOf(oneOf)];
  if (variants.length > 0) return fc.oneof(...variants.map(valueOf));
  return fc.oneof(...[type].flat().map((each) => ofType(each, schema)));
};

type Step = string | number;

/** Every place in a value, itself included. */
const placesIn = (value: unknown, at: readonly Step[] = []): (readonly Step[])[] => {
  const inside = Array.isArray(value)
    ? value.flatMap((item, i) => placesIn(item, [...at, i]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, field]) => placesIn(field, [...at, name]))
      : [];
  return [at, ...inside];
};

/** A copy with another value at one place; `undefined` takes it away. */
const changedAt = (
  value: unknown,
  [step, ...rest]: readonly Step[],
  change: (was: unknown) => unknown,
): unknown => {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (i === step ? changedAt(item, rest, change) : item));
  return Object.fromEntries(
    // A place in an object is reached by the names of its fields.
    Object.entries(value as object).map(([name, field]: [string, unknown]) => [
      name,
      name === step ? changedAt(field, rest, change) : field,
    ]),
  );
};

const withField =
  (name: string, extra: unknown) =>
  (was: unknown): unknown =>
    typeof was === 'object' && was !== null && !Array.isArray(was)
      ? Object.fromEntries([...Object.entries(was), [name, extra]])
      : extra;

/** What a schema takes but for one place, in which something is odd, missing or too much: as JSON text. */
export const brokenTextOf = (schema: Described): fc.Arbitrary<string> =>
  valueOf(schema).chain((value) => {
    const oddValue = fc.constantFrom(...odd);
    const change = fc.oneof(
      { weight: 3, arbitrary: oddValue.map((instead) => () => instead) },
      { weight: 1, arbitrary: fc.constant(() => undefined) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...oddNames), oddValue)
          .map(([name, extra]) => withField(name, extra)),
      },
    );
    return fc
      .tuple(fc.constantFrom(...placesIn(value)), change)
      .map(([place, broken]) => JSON.stringify(changedAt(value, place, broken) ?? null));
  });
