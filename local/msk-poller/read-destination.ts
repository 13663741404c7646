import { DestinationError, parseDestination, type FailureDestination } from './failure-destination.ts';
import type { JsonObject } from './json-object.ts';
import { readObject, type Fail } from './read-properties.ts';
import { resolveDestination } from './resolve-destination.ts';

export interface DestinationContext {
  readonly template: JsonObject;
  readonly region: string;
  readonly topic: string;
  readonly isProvisioned: boolean;
}

const PROPERTY = 'DestinationConfig.OnFailure.Destination';

/**
 * Reads the on-failure destination; an empty one means none. A `kafka://` destination needs provisioned mode and may not be
 * the topic it comes from. AWS page: "Using a Kafka topic as an on-failure destination".
 */
export function readDestination(
  properties: JsonObject,
  { template, region, topic, isProvisioned }: DestinationContext,
  fail: Fail,
): FailureDestination | undefined {
  const config = readObject(properties, 'DestinationConfig', fail);
  const onSuccess = config?.['OnSuccess'];
  if (onSuccess !== undefined) throw fail('DestinationConfig.OnSuccess: a Kafka mapping has OnFailure alone');
  const onFailure =
    config && readObject(config, 'OnFailure', (message) => fail(`DestinationConfig.${message}`));
  const written = onFailure?.['Destination'];
  if (written === undefined || written === '') return undefined;
  const text = resolveDestination(written, template, region);
  if (text === undefined)
    throw fail(`${PROPERTY} cannot be resolved in this template: ${JSON.stringify(written)}`);
  const destination = parse(text, fail);
  if (destination.kind !== 'kafka') return destination;
  if (!isProvisioned) throw fail(`${PROPERTY} ${text} needs provisioned mode: add ProvisionedPollerConfig`);
  if (destination.topic === topic) throw fail(`${PROPERTY} ${text} is the topic the mapping reads`);
  return destination;
}

function parse(text: string, fail: Fail): FailureDestination {
  try {
    return parseDestination(text);
  } catch (error) {
    if (error instanceof DestinationError) throw fail(`${PROPERTY}: ${error.message}`);
    throw error;
  }
}
