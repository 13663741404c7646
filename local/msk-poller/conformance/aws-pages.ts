/** A page of AWS's documentation, and what it says of Kafka event source mappings, sentence by sentence, in short. */
export interface AwsPage {
  readonly name: string;
  readonly url: string;
  /** What a test holds the poller to. */
  readonly sentences: Readonly<Record<string, string>>;
  /** What does not apply here, or is not done, and why. */
  readonly notHere?: Readonly<Record<string, string>>;
}

const GUIDE = 'https://docs.aws.amazon.com/lambda/latest/dg/';
const API = 'https://docs.aws.amazon.com/lambda/latest/api/';

/** The pages that the conformance tests go through; docs/msk-poller.md is made from them. */
export const AWS_PAGES = {
  source: {
    name: 'Configuring Amazon MSK event sources for Lambda',
    url: `${GUIDE}with-msk-configure.html`,
    sentences: {
      commits: 'After a batch is processed its offsets are committed to the cluster.',
      sequential: 'The messages of a partition are read one after the other.',
      severalPartitions: 'One payload can hold messages of several partitions.',
      catchesUp: 'Batches of BatchSize follow each other until the function has caught up with the topic.',
      wholeBatchAgain:
        'An error for any message makes Lambda retry the whole batch, until it succeeds or the messages expire.',
      fourteenMinutes: 'A mapping supports functions with a timeout of 14 minutes at most.',
    },
  },
  event: {
    name: 'Using Lambda with Amazon MSK',
    url: `${GUIDE}with-msk.html`,
    sentences: {
      arrayOfMessages:
        'The payload holds an array of messages for each topic and partition, with timestamp and base64-encoded message.',
    },
  },
  parameters: {
    name: 'All Amazon MSK event source configuration parameters in Lambda',
    url: `${GUIDE}msk-esm-parameters.html`,
    sentences: {
      batchSize: 'BatchSize is 100 unless written, and 10 000 at most.',
      enabled: 'Enabled is true unless written.',
      bisect: 'BisectBatchOnFunctionError is false unless written.',
      groupId: 'ConsumerGroupId is a unique value unless written.',
      timestampRequired: 'StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.',
      group: 'A poller group holds 100 mappings at most, with 2 000 maximum pollers together.',
    },
    notHere: {
      startingPosition:
        'StartingPosition is required: where it is missing TRIM_HORIZON is taken, the one that misses nothing.',
      security: 'KMSKeyArn, SourceAccessConfigurations and Tags: the laptop has no secrets to keep.',
      vpc: 'The mappings of a poller group lie in one VPC: there is none.',
    },
  },
  api: {
    name: 'CreateEventSourceMapping (API reference)',
    url: `${API}API_CreateEventSourceMapping.html`,
    sentences: {
      disabled: 'When Enabled is false, polling and invocation pause.',
      onlyReported: 'Partial responses count only when FunctionResponseTypes lists ReportBatchItemFailures.',
      ageNever: 'With a MaximumRecordAgeInSeconds of -1 old records are never discarded.',
      ageBelowMinute: 'Record ages between -1 and 60 seconds are not allowed.',
      attemptsExpire:
        'With infinite MaximumRetryAttempts, failed records are retried until they expire in the source.',
      timestampInFuture: 'StartingPositionTimestamp cannot be in the future.',
    },
  },
  batching: {
    name: 'How Lambda processes records from stream and queue-based event sources',
    url: `${GUIDE}invocation-eventsourcemapping.html`,
    sentences: {
      window: 'The function is invoked when the batching window reaches its maximum,',
      size: '… or the batch size is met,',
      payload: '… or the payload reaches 6 MB.',
      defaultWindow: 'The default batching window of a Kafka mapping is 500 ms.',
      windowRange: 'MaximumBatchingWindowInSeconds is 0 to 300, in whole seconds.',
      windowBegins: 'The batching window begins when the first record arrives.',
      atLeastOnce: 'Each event is processed at least once; duplicates can occur.',
      pauses: 'Processing pauses for the affected partition until an error is resolved, to keep order.',
      uncounted:
        'Service errors and throttles, where the batch does not reach the function, do not count as retries.',
      record: 'The mapping can send an invocation record to a destination when it discards a batch.',
    },
  },
  errors: {
    name: 'Configuring error handling controls for Kafka event sources',
    url: `${GUIDE}kafka-retry-configurations.html`,
    sentences: {
      attempts:
        'MaximumRetryAttempts limits the retries after an error of the function; the first attempt is none.',
      attemptsDefault: 'MaximumRetryAttempts is -1 unless written: without end.',
      attemptsTen: 'Infinite retries with an on-failure destination become 10 retries at most.',
      attemptsRange: 'Retry attempts are 0 to 10 000, or -1.',
      age: 'MaximumRecordAgeInSeconds is the greatest age of a record that is sent to the function.',
      ageDefault: 'MaximumRecordAgeInSeconds is -1 unless written: without end.',
      ageRange: 'The record age is 60 to 604 800 seconds, or -1.',
      split: 'On an error of the function the batch is split in two smaller ones, retried each by itself.',
      isolates: 'Splitting isolates the records that are the problem.',
      partial: 'With a partial batch response only the records it names are retried.',
      withoutPartial:
        'Without that feature an error in one item makes all messages of its batch be processed again.',
      schema:
        'A failed item is named by {"itemIdentifier": {"partition": "topic-partition_number", "offset": 100}}.',
      success: 'An empty JSON or null response is success.',
      unknown: 'A partition or offset that was not in the event fails the entire batch, which is retried.',
    },
  },
  onFailure: {
    name: 'Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event sources',
    url: `${GUIDE}kafka-on-failure.html`,
    sentences: {
      kinds: 'A destination is an SNS topic, an SQS queue, an S3 bucket or a Kafka topic.',
      document: 'Each record sent is a JSON document with metadata of the failed invocation (SQS queue).',
      sns: 'An SNS topic gets the same document.',
      s3: 'An S3 bucket gets the whole invocation record along with the metadata.',
      removed: 'An empty string as destination removes it.',
      shape: 'The example record: requestContext, responseContext, version, timestamp and KafkaBatchInfo.',
      keys: 'The keys of recordsInfo are topic and partition, joined by a hyphen.',
      offsets: 'Offsets and timestamps of each partition let one find the original records.',
      payload: 'For S3, payload holds the original invocation record as an escaped JSON string.',
      tooLarge: 'responseContext is null when the condition is MaximumPayloadSizeExceeded.',
    },
    notHere: {
      permissions: 'Permissions, VPC endpoints and KMS keys of destinations: the emulator checks none.',
    },
  },
  kafkaOnFailure: {
    name: 'Using a Kafka topic as an on-failure destination',
    url: `${GUIDE}kafka-on-failure-destination.html`,
    sentences: {
      retries: 'Records whose retries are used up go to the topic.',
      age: 'Records that exceed the maximum age go to the topic.',
      sameCluster: 'The destination topic must exist in the cluster of the source topic.',
      content: 'Each message holds the failed record itself along with the metadata of its failure.',
      recursion: 'A destination that is the source topic is refused.',
      prefix: 'The prefix kafka:// makes a topic the destination.',
      format:
        'The record format: one record a message, recordInfo with its offset and time, payload as an event.',
      sameKey: 'The key of the original record is used for the destination topic.',
      noKey: 'Records without a key are spread over the partitions of the destination topic.',
      provisioned: 'A Kafka destination is available in provisioned mode only.',
    },
  },
  scaling: {
    name: 'Apache Kafka event poller scaling modes in Lambda',
    url: `${GUIDE}kafka-scaling-modes.html`,
    sentences: {
      evaluates: 'On demand, the lag of all partitions is evaluated every minute.',
      addsAndRemoves: '… and event pollers are added or removed as needed.',
      throttled: 'When the function is throttled, the number of event pollers is reduced.',
      limits: 'In provisioned mode the pollers stay between a minimum and a maximum.',
      five: 'An event poller can handle up to 5 concurrent invocations.',
      minimumRange: 'MinimumPollers is 1 to 200.',
      maximumRange: 'MaximumPollers is 1 to 2 000.',
      ordered: 'MaximumPollers must be MinimumPollers or more.',
      partitions: 'To keep partitions in order, pollers are capped to the number of partitions.',
      defaults: 'The defaults are a minimum of 1 and a maximum of 200.',
      empty: 'An empty ProvisionedPollerConfig is on-demand mode.',
      advanced: 'Retry attempts, record age and batch splitting are for mappings in provisioned mode.',
      leavesGroup: 'An empty PollerGroupName takes a mapping out of its group.',
    },
    notHere: {
      partial:
        'Partial batch responses are for provisioned mode, too: here they work in both, with a warning at the start.',
      speed: 'An event poller handles up to 5 MB/s: it is not slowed down to that.',
      units: 'Event poller units, their sharing in a group and their price: nothing is billed.',
      metric: 'The ProvisionedPollers metric: the status file has the number.',
    },
  },
  latency: {
    name: 'Low latency processing for Kafka event sources',
    url: `${GUIDE}with-kafka-low-latency.html`,
    sentences: {
      zero: 'With MaximumBatchingWindowInSeconds 0 available records are processed at once, however few.',
      fixed: 'The same minimum and maximum of pollers turn scaling off.',
    },
  },
  positions: {
    name: 'Apache Kafka polling and stream starting positions in Lambda',
    url: `${GUIDE}kafka-starting-positions.html`,
    sentences: {
      latest: 'LATEST starts just after the most recent record.',
      trimHorizon: 'TRIM_HORIZON starts at the oldest record.',
      timestamp: 'AT_TIMESTAMP starts at a time, in Unix seconds.',
    },
    notHere: {
      eventually: 'Polling starts minutes after a mapping is made: here as soon as the group is joined.',
    },
  },
  group: {
    name: 'Customizable consumer group ID in Lambda',
    url: `${GUIDE}kafka-consumer-group-id.html`,
    sentences: {
      existing: 'An existing group overrides StartingPosition: processing begins at its committed offsets.',
      fresh: 'Without an existing group, StartingPosition holds.',
      shared: 'With other consumers in the group, the mapping gets a portion of the messages.',
    },
    notHere: {
      unique:
        'The id is unique among all Kafka event sources: not checked, as a second poller may share the work.',
    },
  },
  filtering: {
    name: 'Filtering events from Amazon MSK and self-managed Apache Kafka event sources',
    url: `${GUIDE}kafka-filtering.html`,
    sentences: {
      valueOnly: 'Only the value key can be filtered on.',
      json: 'The example for JSON: device_ID begins with AB.',
      plain: 'The example for plain strings: anything but "error".',
      plainPlain: 'Plain string, plain-string pattern: filtered by the criteria.',
      jsonJson: 'JSON, JSON pattern: filtered by the criteria.',
      noPattern: 'Plain string or JSON, no pattern for the value: nothing but metadata is filtered on.',
    },
    notHere: {
      mismatch:
        'Where message and pattern differ in format, "metadata properties only" are filtered on. Kafka patterns have no such properties; here the record is dropped.',
    },
  },
} as const satisfies Readonly<Record<string, AwsPage>>;

export type AwsPageId = keyof typeof AWS_PAGES;
export type SentenceId<P extends AwsPageId> = keyof (typeof AWS_PAGES)[P]['sentences'] & string;
