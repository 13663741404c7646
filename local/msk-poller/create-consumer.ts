import type { Consumer, Kafka } from 'kafkajs';

/** Kafka answers as soon as it has data; this is how often an idle poller asks again, and the longest a commit waits behind it. */
const FETCH_WAIT_MS = 1_000;
/** kafkajs can lose its way without an error; a consumer that has not fetched for so long is given up. */
const STUCK_AFTER_MS = 20_000;
/** Joining waits for members that are gone: at most for the rebalance timeout, and a retry. */
const NOT_JOINED_AFTER_MS = 60_000;

/** A consumer of one group, tuned to answer at once and to leave every recovery to its owner. */
export function createConsumer(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    // The lowest that brokers take by default: a poller that was killed holds its partitions back no longer than this.
    sessionTimeout: 6_000,
    heartbeatInterval: 1_500,
    rebalanceTimeout: 10_000,
    minBytes: 1,
    maxBytes: 5 * 1024 * 1024,
    maxBytesPerPartition: 1024 * 1024,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    // kafkajs restarts after some errors and gives up after others; the owner's way is the same for all.
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 1_000,
      retries: 15,
      restartOnFailure: () => Promise.resolve(false),
    },
  });
}

/** Rejects when the consumer has crashed, or has neither joined nor fetched for too long; otherwise stays pending. */
export function consumerFailure(consumer: Consumer, ended: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    let joined = false;
    let lastSign = Date.now();
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joined = true;
      lastSign = Date.now();
    });
    consumer.on(consumer.events.FETCH, () => {
      lastSign = Date.now();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const watchdog = setInterval(() => {
      const silentMs = Date.now() - lastSign;
      if (silentMs > (joined ? STUCK_AFTER_MS : NOT_JOINED_AFTER_MS)) {
        reject(new Error(`${joined ? 'no fetch' : 'not joined'} for ${silentMs} ms`));
      }
    }, 1_000);
    ended.addEventListener('abort', () => clearInterval(watchdog), { once: true });
  });
}
