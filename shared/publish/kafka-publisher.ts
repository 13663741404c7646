import { CompressionTypes, Kafka, logLevel, Partitioners, type KafkaConfig, type Producer } from 'kafkajs';
import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';
import { PermanentError } from '../errors/mesh-error.ts';
import type { KafkaMessage } from './kafka-message.ts';

/** Publishes records of one topic. Resolves when every in-sync replica has all of them (PRO-01). */
export type Publish = (topic: string, messages: readonly KafkaMessage[]) => Promise<void>;

export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** `iam` on AWS (C22); `none` for a plain-text broker on loopback. */
  readonly auth: 'iam' | 'none';
  readonly region: string;
  readonly clientId: string;
}

const REQUEST_TIMEOUT_MS = 5_000;

/** A broker refuses a batch of more than 1 MB compressed (`message.max.bytes`); this holds uncompressed. */
const MAX_REQUEST_BYTES = 900_000;

const bytesOf = (part: string | Buffer | null): number => (part === null ? 0 : Buffer.byteLength(part));

const sizeOf = ({ key, value, headers }: KafkaMessage): number =>
  Object.entries(headers).reduce(
    (sum, [name, values]) => [values].flat().reduce((all, each) => all + bytesOf(name) + bytesOf(each), sum),
    bytesOf(key) + bytesOf(value),
  );

/** Cuts a list of messages into requests that a broker takes, in order. */
const requestsOf = (messages: readonly KafkaMessage[]): KafkaMessage[][] => {
  const requests: KafkaMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (size > room) {
      requests.push([]);
      room = MAX_REQUEST_BYTES;
    }
    requests.at(-1)?.push(message);
    room -= size;
  }
  return requests;
};

/** How kafkajs signs in to a connection's brokers. */
export const kafkaSecurity = ({ auth, region }: KafkaConnection): Partial<KafkaConfig> =>
  auth === 'none'
    ? {}
    : {
        ssl: true,
        sasl: {
          mechanism: 'oauthbearer',
          oauthBearerProvider: async () => ({ value: (await generateAuthToken({ region })).token }),
        },
      };

/**
 * Reads the connection from text as it stands in the environment.
 * @throws PermanentError `bad-kafka-configuration`
 */
export const kafkaConnection = (
  brokers: string,
  auth: string,
  region: string,
  clientId: string,
): KafkaConnection => {
  const list = brokers.split(',').filter(Boolean);
  if (list.length === 0 || (auth !== 'iam' && auth !== 'none')) {
    throw new PermanentError(
      'bad-kafka-configuration',
      `brokers "${brokers}" must be host:port[,…], auth "${auth}" iam or none`,
    );
  }
  return { brokers: list, auth, region, clientId };
};

/**
 * A publisher that keeps one idempotent producer (acks all, gzip, one request in flight, murmur2) as long as it works.
 * After any failure the producer is dropped: a fresh one has a fresh producer id, so a half-sent batch can only
 * repeat, never leave a gap or arrive behind its successor.
 */
export const kafkaPublisher = (connection: KafkaConnection): Publish => {
  const kafka = new Kafka({
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    connectionTimeout: 2_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 },
    ...kafkaSecurity(connection),
  });
  let connecting: Promise<Producer> | undefined;

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // The default of kafkajs 2 is the Java client's murmur2 (C4).
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  };

  return async (topic, messages) => {
    connecting ??= connect();
    const current = connecting;
    try {
      const producer = await current;
      for (const request of requestsOf(messages)) {
        await producer.send({
          topic,
          acks: -1,
          timeout: REQUEST_TIMEOUT_MS,
          compression: CompressionTypes.GZIP,
          messages: request.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
        });
      }
    } catch (error) {
      // A late failure of a producer that was dropped already must not drop its successor.
      if (connecting === current) connecting = undefined;
      // Nothing is waited for: the broken producer holds only sockets, and the failure itself is what counts.
      current.then((producer) => producer.disconnect()).catch(() => undefined);
      throw error;
    }
  };
};
