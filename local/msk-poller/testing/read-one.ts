import type { Mapping } from '../mapping.ts';
import { readMappings } from '../read-mappings.ts';

const FUNCTION = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'orders-summary' } };

/** A template with one mapping, called Mapping, of the topic `orders`. */
export function mappingTemplate(
  properties: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const Properties = {
    FunctionName: { Ref: 'Summary' },
    EventSourceArn: 'arn:aws:kafka:x',
    Topics: ['orders'],
    ...properties,
  };
  return {
    Resources: { Summary: FUNCTION, Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties } },
    ...more,
  };
}

/** What the poller makes of a mapping with these properties. */
export function readOne(
  properties: Readonly<Record<string, unknown>>,
  more?: Readonly<Record<string, unknown>>,
): Mapping {
  const [mapping, ...others] = readMappings(mappingTemplate(properties, more), 'eu-west-1');
  if (mapping === undefined || others.length > 0) throw new Error('expected one mapping');
  return mapping;
}
