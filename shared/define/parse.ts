import type { z } from 'zod';
import { SchemaViolation, type Issue } from '../errors/mesh-error.ts';

/**
 * Parses a value against its schema.
 * @param what names the value in the error, for example `OrderSubmittedEvent v1`
 * @throws SchemaViolation naming every failing field
 */
export const parse = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SchemaViolation(what, result.error.issues.flatMap(issuesOf));
};

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** Zod lists fields that nobody knows in one issue of the object around them; each is a failing field of its own. */
const issuesOf = (issue: z.core.$ZodIssue): Issue[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: dotted([...issue.path, key]), message: 'is not a known field' }))
    : [{ path: dotted(issue.path), message: issue.message }];
