import { parseArgs } from 'node:util';

export interface PollerArguments {
  readonly template: string;
  readonly brokers: readonly string[];
  readonly endpoint: string;
  readonly region: string;
  readonly statusFile: string | undefined;
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
  return {
    template: required('template'),
    brokers: readBrokers(required('brokers')),
    endpoint: readEndpoint(required('endpoint')),
    region: flags.region ?? 'us-east-1',
    statusFile: flags['status-file'],
  };
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { template: text, brokers: text, endpoint: text, region: text, 'status-file': text },
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

function readEndpoint(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--endpoint takes an http(s) URL, not "${url}"`);
  }
  return url;
}
