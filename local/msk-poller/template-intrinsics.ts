import { isObject, type JsonObject } from './json-object.ts';

/**
 * The text of a template value: a literal, or a Ref to a parameter that has a default. Undefined for whatever only a
 * deployment could know.
 */
export function resolveText(value: unknown, template: JsonObject): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!isObject(value) || typeof value['Ref'] !== 'string') return undefined;
  const parameters = template['Parameters'];
  const parameter = isObject(parameters) ? parameters[value['Ref']] : undefined;
  const fallback = isObject(parameter) ? parameter['Default'] : undefined;
  return typeof fallback === 'string' && fallback !== '' ? fallback : undefined;
}

/**
 * What to call the Invoke API with: a literal name or ARN as it stands; a Ref or Fn::GetAtt to an AWS::Lambda::Function
 * of the same template by that function's own FunctionName. Undefined when it cannot be known from the template.
 */
export function resolveFunctionName(value: unknown, template: JsonObject): string | undefined {
  const logicalId = referencedResource(value);
  const resources = template['Resources'];
  const resource = logicalId !== undefined && isObject(resources) ? resources[logicalId] : undefined;
  if (!isObject(resource)) return resolveText(value, template);
  if (resource['Type'] !== 'AWS::Lambda::Function') return undefined;
  const properties = resource['Properties'];
  return isObject(properties) ? resolveText(properties['FunctionName'], template) : undefined;
}

/** The Timeout, in seconds, of a function that the same template defines with one. */
export function resolveFunctionTimeout(value: unknown, template: JsonObject): number | undefined {
  const logicalId = referencedResource(value);
  const resources = template['Resources'];
  const resource = logicalId !== undefined && isObject(resources) ? resources[logicalId] : undefined;
  const properties = isObject(resource) ? resource['Properties'] : undefined;
  const timeout = isObject(properties) ? properties['Timeout'] : undefined;
  return typeof timeout === 'number' ? timeout : undefined;
}

/** The logical id that a Ref or Fn::GetAtt names. */
export function referencedResource(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value['Ref'] === 'string') return value['Ref'];
  const attribute = value['Fn::GetAtt'];
  const target: unknown =
    typeof attribute === 'string'
      ? attribute.split('.')[0]
      : Array.isArray(attribute)
        ? attribute[0]
        : undefined;
  return typeof target === 'string' ? target : undefined;
}
