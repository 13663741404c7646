import { isObject, type JsonObject } from './json-object.ts';

/** A template, or a mapping in it, that cannot be used; the message names the resource and the property. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Makes the error of one mapping. */
export type Fail = (message: string) => TemplateError;

/** A property that is true or false, or undefined when it is not written. */
export function readBoolean(properties: JsonObject, name: string, fallback: boolean, fail: Fail): boolean {
  const value = properties[name] ?? fallback;
  // Serverless and YAML converters write "true" as text, which CloudFormation accepts.
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw fail(`${name} must be true or false, not ${JSON.stringify(value)}`);
}

export interface Bounds {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** A value outside the bounds that stands for "without end". */
  readonly infinite?: number;
}

/** A whole number within bounds; the default when it is not written. */
export function readInteger(properties: JsonObject, name: string, bounds: Bounds, fail: Fail): number {
  const written = properties[name];
  if (written === undefined) return bounds.default;
  const value = typeof written === 'string' && written !== '' ? Number(written) : written;
  if (typeof value === 'number' && value === bounds.infinite) return value;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < bounds.min || value > bounds.max) {
    const infinite = bounds.infinite === undefined ? '' : ` or ${bounds.infinite}`;
    throw fail(
      `${name} must be a whole number from ${bounds.min} to ${bounds.max}${infinite}, not ${JSON.stringify(written)}`,
    );
  }
  return value;
}

/** An object property; undefined when it is not written. */
export function readObject(properties: JsonObject, name: string, fail: Fail): JsonObject | undefined {
  const value = properties[name];
  if (value === undefined || isObject(value)) return value;
  throw fail(`${name} must be an object, not ${JSON.stringify(value)}`);
}
