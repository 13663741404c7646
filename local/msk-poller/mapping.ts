import type { FailureDestination } from './failure-destination.ts';
import type { RecordFilter } from './filter.ts';

/** Where a consumer group without committed offsets begins. AWS page: "Apache Kafka polling and stream starting positions in Lambda". */
export type StartingPosition =
  | { readonly at: 'TRIM_HORIZON' }
  | { readonly at: 'LATEST' }
  | { readonly at: 'AT_TIMESTAMP'; readonly timestampMs: number };

/** Limits of provisioned mode. AWS page: "Apache Kafka event poller scaling modes in Lambda". */
export interface ProvisionedPollers {
  readonly minimum: number;
  readonly maximum: number;
  /** Mappings of one group share capacity, and a limit on their pollers together. */
  readonly group: string | undefined;
}

/** One enabled or disabled Kafka event source mapping, with every default of AWS filled in. */
export interface Mapping {
  /** The logical id of the AWS::Lambda::EventSourceMapping resource. */
  readonly id: string;
  /** What the Invoke API takes: a function name or an ARN. */
  readonly functionName: string;
  /** What invocation records call the function. */
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  /** Undefined for self-managed Kafka, whose events carry no ARN. */
  readonly eventSourceArn: string | undefined;
  readonly topic: string;
  readonly groupId: string;
  /** Records per invocation, 1–10 000. */
  readonly batchSize: number;
  /** How long records may wait for a fuller batch; 0 means they never wait. */
  readonly windowMs: number;
  readonly startingPosition: StartingPosition;
  /** Undefined when the mapping has no FilterCriteria. */
  readonly filter: RecordFilter | undefined;
  readonly reportBatchItemFailures: boolean;
  /** Retries after the first attempt when the function fails; -1 is without end. */
  readonly maximumRetryAttempts: number;
  /** Records older than this are given up; Infinity means never. */
  readonly maximumRecordAgeMs: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** Where records that are given up go; undefined means nowhere. */
  readonly onFailure: FailureDestination | undefined;
  /** Undefined in on-demand mode. */
  readonly provisioned: ProvisionedPollers | undefined;
}
