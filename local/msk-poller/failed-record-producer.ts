import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import type { Produce } from './send-discarded.ts';

/** Writes failed records to topics, through a connection that is made for the first of them. */
export class FailedRecordProducer {
  readonly #producer: Producer;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#producer = kafka.producer({
      // Same key, same partition as Kafka's own clients choose; without a key, round robin.
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: { retries: 2 },
    });
  }

  readonly produce: Produce = async (topic, messages) => {
    this.#connected ??= this.#producer.connect();
    try {
      await this.#connected;
      await this.#producer.send({ topic, acks: -1, messages: [...messages] });
    } catch (error) {
      // The next attempt connects anew: a producer that lost its broker does not always find back.
      this.#connected = undefined;
      throw error;
    }
  };

  async close(): Promise<void> {
    if (this.#connected !== undefined) await this.#producer.disconnect();
  }
}
