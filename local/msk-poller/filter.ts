/** Decides on one record by its value (null for a tombstone): true means the function gets it. */
export type RecordFilter = (value: Buffer | null) => boolean;

/** A FilterCriteria pattern that AWS would refuse when the mapping is created. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };
type Scalar = null | boolean | number | string;
/** Gets undefined when the field is not in the record. */
type Matcher = (field: Json | undefined) => boolean;

/**
 * Compiles FilterCriteria patterns; a record passes when any of them matches.
 * Sources: AWS pages "Control which events Lambda sends to your function" (rule syntax) and
 * "Filtering events from Amazon MSK and self-managed Apache Kafka event sources" (only `value` can be filtered on).
 *
 * A pattern whose `value` is an object is for JSON records, one whose `value` is a list is for plain strings; a record
 * of the other kind is dropped.
 *
 * @throws FilterPatternError for a pattern that is not JSON or uses a rule Lambda does not know.
 */
export function compileFilter(patterns: readonly string[]): RecordFilter {
  const compiled = patterns.map(compilePattern);
  return (value) => {
    const json = value === null ? undefined : parseJsonStructure(value);
    return compiled.some((matches) => matches(value, json));
  };
}

type CompiledPattern = (value: Buffer | null, json: Json | undefined) => boolean;

function compilePattern(text: string): CompiledPattern {
  const pattern = parsePattern(text);
  const unsupported = Object.keys(pattern).find((key) => key !== 'value');
  if (unsupported !== undefined) {
    throw new FilterPatternError(`"${unsupported}": a Kafka filter pattern can only name "value": ${text}`);
  }
  const rule = pattern['value'];
  if (rule === undefined) return () => true;
  if (isList(rule)) {
    const matches = compileRules(rule, 'value');
    return (value, json) => json === undefined && matches(value === null ? null : value.toString('utf8'));
  }
  if (!isObject(rule)) throw new FilterPatternError(`"value" must be an object or a list: ${text}`);
  const matches = compileFields(rule, 'value');
  return (_value, json) => json !== undefined && matches(json);
}

function parsePattern(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new FilterPatternError(`the pattern is not JSON: ${text}`, { cause });
  }
  // JSON.parse returns nothing but Json.
  const json = parsed as Json;
  if (!isObject(json)) throw new FilterPatternError(`the pattern is not a JSON object: ${text}`);
  return json;
}

/** The record as JSON when it is an object or a list; a bare word, number or quoted string counts as a plain string. */
function parseJsonStructure(value: Buffer): Json | undefined {
  const first = value.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  if (first !== 0x7b && first !== 0x5b) return undefined;
  try {
    // JSON.parse returns nothing but Json.
    return JSON.parse(value.toString('utf8')) as Json;
  } catch {
    return undefined; // "plain string" in AWS's matrix, not a failure
  }
}

/** All fields of a pattern object must match ("And"); `$or` needs one of its alternatives. */
function compileFields(fields: JsonObject, path: string): Matcher {
  const matchers = Object.entries(fields).map(([name, rule]): Matcher => {
    const at = `${path}.${name}`;
    if (name === '$or') {
      if (!isList(rule) || rule.length === 0)
        throw new FilterPatternError(`${at} must be a list of patterns`);
      const alternatives = rule.map((alternative, index) => {
        if (!isObject(alternative)) throw new FilterPatternError(`${at}[${index}] must be an object`);
        return compileFields(alternative, at);
      });
      return (parent) => alternatives.some((matches) => matches(parent));
    }
    const matches = compileNode(rule, at);
    return (parent) => matches(isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined);
  });
  const all: Matcher = (field) => matchers.every((matches) => matches(field));
  // EventBridge looks into lists: a nested pattern matches when one element does.
  return (field) => (isList(field) ? field.some((element) => all(element)) : all(field));
}

function compileNode(rule: Json, path: string): Matcher {
  if (isList(rule)) return compileRules(rule, path);
  if (isObject(rule)) return compileFields(rule, path);
  throw new FilterPatternError(`${path} must be a list of rules or an object`);
}

/** A list of rules on one field: any may match ("Or"), and on a list field any element may. */
function compileRules(rules: readonly Json[], path: string): Matcher {
  if (rules.length === 0) throw new FilterPatternError(`${path} is an empty list and would match nothing`);
  const matchers = rules.map((rule) => compileRule(rule, path));
  return (field) =>
    matchers.some((matches) =>
      isList(field) && field.length > 0 ? field.some((element) => matches(element)) : matches(field),
    );
}

function compileRule(rule: Json, path: string): Matcher {
  if (isScalar(rule)) return (field) => field === rule;
  if (!isObject(rule)) throw new FilterPatternError(`${path} holds a list inside its list`);
  const [[operator, operand] = ['', null], ...more] = Object.entries(rule);
  if (more.length > 0)
    throw new FilterPatternError(`${path}: one operator per rule, found ${Object.keys(rule).join(', ')}`);
  switch (operator) {
    case 'prefix': {
      const start = text(operand, path, operator);
      return (field) => typeof field === 'string' && field.startsWith(start);
    }
    case 'suffix': {
      const end = text(operand, path, operator);
      return (field) => typeof field === 'string' && field.endsWith(end);
    }
    case 'equals-ignore-case': {
      const wanted = text(operand, path, operator).toLowerCase();
      return (field) => typeof field === 'string' && field.toLowerCase() === wanted;
    }
    case 'exists':
      if (typeof operand !== 'boolean') throw new FilterPatternError(`${path}: exists takes true or false`);
      return (field) => (field !== undefined) === operand;
    case 'anything-but': {
      const unwanted = scalars(operand, path);
      return (field) => field !== undefined && isScalar(field) && !unwanted.includes(field);
    }
    case 'numeric':
      return compileNumeric(operand, path);
    default:
      throw new FilterPatternError(`${path}: Lambda's event filtering has no operator "${operator}"`);
  }
}

function compileNumeric(operand: Json, path: string): Matcher {
  const wrong = () => new FilterPatternError(`${path}: numeric takes a list such as [">", 10, "<=", 20]`);
  if (!isList(operand) || operand.length === 0 || operand.length % 2 !== 0) throw wrong();
  const tests: ((field: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const bound = operand[index + 1];
    if (typeof bound !== 'number') throw wrong();
    switch (operand[index]) {
      case '=':
        tests.push((field) => field === bound);
        break;
      case '>':
        tests.push((field) => field > bound);
        break;
      case '>=':
        tests.push((field) => field >= bound);
        break;
      case '<':
        tests.push((field) => field < bound);
        break;
      case '<=':
        tests.push((field) => field <= bound);
        break;
      default:
        throw wrong();
    }
  }
  return (field) => typeof field === 'number' && tests.every((test) => test(field));
}

function text(operand: Json, path: string, operator: string): string {
  if (typeof operand !== 'string') throw new FilterPatternError(`${path}: ${operator} takes a string`);
  return operand;
}

function scalars(operand: Json, path: string): readonly Scalar[] {
  const list = isList(operand) ? operand : [operand];
  if (list.length === 0 || !list.every(isScalar)) {
    throw new FilterPatternError(`${path}: anything-but takes a string, a number or a list of them`);
  }
  return list;
}

function isScalar(json: Json): json is Scalar {
  return json === null || typeof json !== 'object';
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
