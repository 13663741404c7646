import { isObject, type JsonObject } from './json-object.ts';
import { referencedResource, resolveText } from './template-intrinsics.ts';

/** The account that emulators answer for. */
const ACCOUNT = '000000000000';

/**
 * The destination a template value names: a literal or a parameter's default; Fn::Sub over the pseudo parameters; a Ref
 * or Fn::GetAtt to a queue, topic or bucket of the same template that has a name of its own. Undefined otherwise: the name
 * that a deployment makes up cannot be known here.
 */
export function resolveDestination(value: unknown, template: JsonObject, region: string): string | undefined {
  if (isObject(value) && typeof value['Fn::Sub'] === 'string') return substitute(value['Fn::Sub'], region);
  const logicalId = referencedResource(value);
  const resources = template['Resources'];
  const resource = logicalId !== undefined && isObject(resources) ? resources[logicalId] : undefined;
  if (!isObject(resource)) return resolveText(value, template);
  const properties = isObject(resource['Properties']) ? resource['Properties'] : {};
  const named = (property: string, prefix: string): string | undefined => {
    const name = resolveText(properties[property], template);
    return name === undefined ? undefined : `${prefix}${name}`;
  };
  switch (resource['Type']) {
    case 'AWS::SQS::Queue':
      return named('QueueName', `arn:aws:sqs:${region}:${ACCOUNT}:`);
    case 'AWS::SNS::Topic':
      return named('TopicName', `arn:aws:sns:${region}:${ACCOUNT}:`);
    case 'AWS::S3::Bucket':
      return named('BucketName', 'arn:aws:s3:::');
    default:
      return undefined;
  }
}

function substitute(text: string, region: string): string | undefined {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT,
  };
  const resolved = text.replace(/\$\{([^}!]+)\}/g, (whole, name: string) => pseudo[name] ?? whole);
  return resolved.includes('${') ? undefined : resolved;
}
