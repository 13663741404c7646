import ts from 'typescript';
import type { JsonSchema } from './json-schema.ts';

/** Types that contain themselves end here: whatever is deeper may be anything. */
const MAX_DEPTH = 8;

const has = (type: ts.Type, ...flags: readonly ts.TypeFlags[]): boolean =>
  flags.some((flag) => (type.flags & flag) !== 0);
const isAbsent = (type: ts.Type): boolean =>
  has(type, ts.TypeFlags.Undefined, ts.TypeFlags.Void, ts.TypeFlags.Never);

/**
 * A TypeScript type as the JSON Schema of what `JSON.stringify` makes of its values. What has no counterpart, such as
 * a function, may be anything.
 */
export const schemaOfType = (checker: ts.TypeChecker, type: ts.Type, depth = 0): JsonSchema => {
  if (depth > MAX_DEPTH) return {};
  if (type.isUnion()) return ofUnion(checker, type, depth);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (has(type, ts.TypeFlags.StringLike)) return { type: 'string' };
  if (has(type, ts.TypeFlags.NumberLike)) return { type: 'number' };
  if (has(type, ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
  if (has(type, ts.TypeFlags.Null)) return { type: 'null' };
  if (has(type, ts.TypeFlags.NonPrimitive)) return { type: 'object' };
  if (checker.isTupleType(type) || checker.isArrayType(type)) return ofList(checker, type, depth);
  if (type.getCallSignatures().length > 0) return {};
  return has(type, ts.TypeFlags.Object, ts.TypeFlags.Intersection) ? ofObject(checker, type, depth) : {};
};

const ofUnion = (checker: ts.TypeChecker, { types }: ts.UnionType, depth: number): JsonSchema => {
  const there = types.filter((each) => !isAbsent(each));
  const schemas = there.map((each) => schemaOfType(checker, each, depth));
  const literals = there.flatMap((each) =>
    each.isStringLiteral() || each.isNumberLiteral() ? [each.value] : [],
  );
  if (there.length > 1 && literals.length === there.length) return { enum: literals.sort() };
  // Two booleans are one; what is alike is said once.
  const byText = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]));
  // In an order of our own: the compiler's follows from what else it has read.
  const unlike = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, schema]) => schema);
  return unlike.length === 1 ? (unlike[0] ?? {}) : { anyOf: unlike };
};

const ofList = (checker: ts.TypeChecker, type: ts.Type, depth: number): JsonSchema => {
  // Arrays and tuples are references to a generic type, by what the checker has just said.
  const items = checker
    .getTypeArguments(type as ts.TypeReference)
    .map((each) => schemaOfType(checker, each, depth + 1));
  return checker.isTupleType(type)
    ? { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length }
    : { type: 'array', items: items[0] ?? {} };
};

const ofObject = (checker: ts.TypeChecker, type: ts.Type, depth: number): JsonSchema => {
  const fields = checker.getPropertiesOfType(type).map((symbol) => {
    const field = checker.getTypeOfSymbol(symbol);
    const mayBeAbsent =
      (symbol.flags & ts.SymbolFlags.Optional) !== 0 || (field.isUnion() && field.types.some(isAbsent));
    const description = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    const schema = schemaOfType(checker, field, depth + 1);
    return { name: symbol.name, mayBeAbsent, schema: { ...(description && { description }), ...schema } };
  });
  const open = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const required = fields.filter(({ mayBeAbsent }) => !mayBeAbsent).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    ...(open && { additionalProperties: schemaOfType(checker, open, depth + 1) }),
  };
};
