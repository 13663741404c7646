/** Where AWS sends what a mapping gives up: "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event sources". */
export type FailureDestination =
  | { readonly kind: 'sqs'; readonly region: string; readonly account: string; readonly queue: string }
  | { readonly kind: 'sns'; readonly region: string; readonly arn: string }
  | { readonly kind: 's3'; readonly bucket: string }
  | { readonly kind: 'kafka'; readonly topic: string };

/** A destination that AWS would refuse; the message says why. */
export class DestinationError extends Error {
  override readonly name = 'DestinationError';
}

const KAFKA_PREFIX = 'kafka://';
/** Kafka's own rule for topic names. */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/**
 * Reads a destination: the ARN of an SQS queue, an SNS topic or an S3 bucket, or `kafka://topic`.
 * @throws DestinationError for anything else
 */
export function parseDestination(text: string): FailureDestination {
  if (text.startsWith(KAFKA_PREFIX)) {
    const topic = text.slice(KAFKA_PREFIX.length);
    if (!TOPIC.test(topic)) throw new DestinationError(`${text} does not name a Kafka topic`);
    return { kind: 'kafka', topic };
  }
  const [arn, , service, region = '', account = '', resource = '', ...more] = text.split(':');
  const complete = arn === 'arn' && resource !== '' && more.length === 0;
  // A FIFO resource wants a group id with each message, which Lambda's invocation records do not have.
  if (complete && resource.endsWith('.fifo'))
    throw new DestinationError(`${text} is FIFO; an on-failure destination is a standard queue or topic`);
  if (complete && service === 'sqs') return { kind: 'sqs', region, account, queue: resource };
  if (complete && service === 'sns') return { kind: 'sns', region, arn: text };
  if (complete && service === 's3') return { kind: 's3', bucket: resource };
  throw new DestinationError(
    `${text} is neither kafka://<topic> nor the ARN of an SQS queue, an SNS topic or an S3 bucket`,
  );
}
