import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs';

/** A broker that was just killed is asked again for a while. */
const RETRY = { retries: 12, initialRetryTime: 200, maxRetryTime: 2_000 };

const kafkaOf = (brokers: readonly string[]): Kafka =>
  new Kafka({ clientId: 'chaos', brokers: [...brokers], logLevel: logLevel.NOTHING, retry: RETRY });

/** Works with an admin client that is closed afterwards. */
export const withAdmin = async <T>(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<T>,
): Promise<T> => {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

/** Writes records to a topic past the mesh, in order. */
export const produce = async (
  brokers: readonly string[],
  topic: string,
  messages: readonly Message[],
): Promise<void> => {
  const producer: Producer = kafkaOf(brokers).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
};

/** Whether every partition of some topics has a leader that answers: after a start they come one after the other. */
export const allLed = (brokers: readonly string[], topics: readonly string[]): Promise<true> =>
  withAdmin<true>(brokers, async (admin) => {
    for (const topic of topics) await admin.fetchTopicOffsets(topic);
    return true;
  });
