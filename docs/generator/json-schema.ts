import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy in which every `$ref` into the schema's own `$defs` is one into the document around it. */
const rebased = (part: unknown, at: string): unknown => {
  if (Array.isArray(part)) return part.map((each) => rebased(each, at));
  if (!isObject(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) =>
      key === '$ref' && typeof value === 'string'
        ? [key, value.replace(/^#/, at)]
        : [key, rebased(value, at)],
    ),
  );
};

/**
 * What a caller may send, as JSON Schema 2020-12 (which is what OpenAPI 3.1 has).
 * @param at where it will stand in its document, such as `#/components/schemas/SubmitOrder`
 */
export const inputSchema = (schema: z.ZodType, at: string): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
  });
  // A copy of an object is an object.
  return rebased(rest, at) as JsonSchema;
};
