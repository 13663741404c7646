import { logLevel, type logCreator } from 'kafkajs';
import type { Log } from './log.ts';

/** Parts of kafkajs that report each failed attempt of a connection; what comes of it is logged by the poller, once. */
const CHATTER = new Set(['Connection', 'BrokerPool', 'Consumer']);

/** Sends kafkajs's warnings and errors to the poller's own log. */
export function kafkaLogCreator(log: Log): logCreator {
  return () =>
    ({ level, namespace, log: entry }) => {
      if ((level !== logLevel.ERROR && level !== logLevel.WARN) || CHATTER.has(namespace)) return;
      const { message } = entry;
      const { groupId, error }: Readonly<Record<string, unknown>> = { ...entry };
      log('warn', `kafkajs: ${message}`, { namespace, groupId, error });
    };
}
