import { parseArgs } from 'node:util';
import { accessHelp, accessOptions, UsageError, type AccessFlags } from '../api-access.ts';

export interface LedgerOptions extends AccessFlags {
  readonly consumer: string | undefined;
  readonly topic: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  /** Whether every covered record's effect is looked for. */
  readonly audit: boolean;
  /** Whether each partition gets a line, or only each topic of a consumer. */
  readonly partitions: boolean;
  /** `host:port,…`; unless told, those of the mesh on this machine. */
  readonly brokers: string | undefined;
  readonly kafkaAuth: string;
}

export const ledgerHelp = `npm run ledger -- [options]

Adds up, for every consumer and topic-partition, what became of each record, and asks every consumer whether the
effects of what it has counted still stand. Exits with 1 when something is missing or was lost.

  --consumer <name>   only this consumer, for example order.order-summary
  --topic <name>      only this topic
  --partitions        a line for each partition
  --no-audit          only add up: reads no topic and asks no consumer
  --json              the rows as JSON
${accessHelp}
  --brokers <list>    Kafka's brokers, host:port,…; needed with --api unless --no-audit. AWS credentials and region
                      come from the environment then, and must allow reading the topics and the dead letters, and
                      invoking the consumers' functions
  --kafka-auth <how>  iam (unless told) or none`;

/**
 * Reads the command line.
 * @throws UsageError for an unknown or malformed flag
 */
export const ledgerOptions = (args: readonly string[]): LedgerOptions => {
  const values = flags(args);
  const { 'no-audit': noAudit = false, 'kafka-auth': kafkaAuth = 'iam', ...rest } = values;
  const { json = false, help = false, partitions = false, consumer, topic, brokers } = rest;
  const audit = !noAudit && !help;
  if (audit && values.api !== undefined && brokers === undefined)
    throw new UsageError('--brokers is missing: an audit reads the topics (--no-audit does without)');
  const { api, token, instance } = rest;
  return { api, token, instance, consumer, topic, json, help, audit, partitions, brokers, kafkaAuth };
};

const flags = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...accessOptions,
        ...{ consumer: text, topic: text, brokers: text, 'kafka-auth': text },
        ...{ json: yes, help: yes, partitions: yes, 'no-audit': yes },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
};
