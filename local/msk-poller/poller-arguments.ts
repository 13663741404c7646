import { parseArgs } from 'node:util';
import { INVOCATIONS_PER_POLLER } from './poller-scale.ts';

export interface PollerArguments {
  readonly template: string;
  readonly brokers: readonly string[];
  readonly endpoint: string;
  /** Where SQS, SNS and S3 answer; the Lambda endpoint unless given, as emulators have one for all. */
  readonly destinationEndpoint: string;
  readonly region: string;
  readonly statusFile: string | undefined;
  /** How many invocations an event poller may have under way: five as on AWS, or fewer on a small machine. */
  readonly invocationsPerPoller: number;
}

/** A command line that cannot be run; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 * @throws UsageError for an unknown, missing or malformed flag
 */
export function readArguments(args: readonly string[]): PollerArguments {
  const flags = parseFlags(args);
  const required = (name: 'template' | 'brokers' | 'endpoint'): string => {
    const value = flags[name];
    if (value === undefined || value === '') throw new UsageError(`--${name} is missing`);
    return value;
  };
  const template = required('template');
  const brokers = readBrokers(required('brokers'));
  const endpoint = readEndpoint('endpoint', required('endpoint'));
  const destinations = flags['destination-endpoint'];
  return {
    template,
    brokers,
    endpoint,
    destinationEndpoint:
      destinations === undefined ? endpoint : readEndpoint('destination-endpoint', destinations),
    region: flags.region ?? 'us-east-1',
    statusFile: flags['status-file'],
    invocationsPerPoller: readInvocations(flags['invocations-per-poller']),
  };
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        template: text,
        brokers: text,
        endpoint: text,
        'destination-endpoint': text,
        region: text,
        'status-file': text,
        'invocations-per-poller': text,
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readBrokers(list: string): string[] {
  const brokers = list.split(',').map((broker) => broker.trim());
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) throw new UsageError(`--brokers takes host:port[,host:port…], not "${wrong}"`);
  return brokers;
}

function readInvocations(text = String(INVOCATIONS_PER_POLLER)): number {
  const invocations = Number(text);
  if (!/^\d$/.test(text) || invocations < 1 || invocations > INVOCATIONS_PER_POLLER)
    throw new UsageError(
      `--invocations-per-poller takes a number from 1 to ${String(INVOCATIONS_PER_POLLER)}, not "${text}"`,
    );
  return invocations;
}

function readEndpoint(flag: string, url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--${flag} takes an http(s) URL, not "${url}"`);
  }
  return url;
}
