import { advance, type Ledger, type LedgerPage } from '../consume/ledger.ts';

export interface MemoryLedger extends Ledger {
  /** A consumer's page of a topic-partition. */
  page(consumer: string, topic: string, partition?: number): LedgerPage | undefined;
}

/** A ledger in memory. */
export const memoryLedger = (): MemoryLedger => {
  const pages = new Map<string, LedgerPage>();
  const nameOf = (consumer: string, topic: string, partition: number): string =>
    JSON.stringify([consumer, topic, partition]);
  return {
    enter: async ({ consumer, topic, partition }, entries) => {
      const name = nameOf(consumer, topic, partition);
      const next = advance(pages.get(name), entries);
      if (next) pages.set(name, next);
    },
    page: (consumer, topic, partition = 0) => pages.get(nameOf(consumer, topic, partition)),
  };
};
