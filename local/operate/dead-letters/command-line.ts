import { parseArgs } from 'node:util';
import { accessHelp, accessOptions, UsageError, type AccessFlags } from '../api-access.ts';

export const help = `npm run dead-letters -- <command> [options]

Look
  list                  what is not settled, oldest first
  groups                the same, by cause
  show <letter>         one letter: what it decodes to, its place in its key's queue, its history
  dry-run <letter>      what a redrive would do, with the writes; or of --all, or of what filters choose
  audit                 who did what, when and why
Redrive, in order per key
  redrive <letter>      needs --reason; or --all, or what filters choose. --rate <letters per second>, --wait
  jobs                  the redrives of the last 90 days
  job <id>              one of them; --wait waits for its end
  cancel <id>           stops it; what it has not run stays parked
  resume <id>           takes up a redrive whose worker is gone (state "stalled")
Mend
  correct <letter>      proposes another value: --value <file, or - for stdin>, --reason
  approve <letter>      approves the proposal: --sha256 <of the value you looked at>; by another person
  discard <letter>      settles it without running it: --reason

Filters
  --consumer, --code, --topic, --key <text>, --status parked|refused
  --older-than, --newer-than <age, for example 90s, 15m, 2h, 3d>

Options
  --limit <n>           how many on a page; --after <next> is the page behind
  --json                what the API answers, as it is
${accessHelp}
  --as <name>           on this machine: as another person than demo

Exit code: 0 done, 1 the API refused or gave no answer, or a redrive left something standing, 2 a wrong command line`;

const text = { type: 'string' } as const;
const options = {
  ...accessOptions,
  as: text,
  consumer: text,
  code: text,
  topic: text,
  key: text,
  status: text,
  'older-than': text,
  'newer-than': text,
  limit: text,
  after: text,
  reason: text,
  rate: text,
  value: text,
  sha256: text,
  all: { type: 'boolean' },
  wait: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A command line, read. */
export interface Line {
  readonly command: string;
  /** What the command is about: a letter's id, or a redrive's. */
  readonly subject: string | undefined;
  readonly flags: ReturnType<typeof read>['values'] & AccessFlags;
}

const read = (args: readonly string[]) => parseArgs({ args: [...args], options, allowPositionals: true });

/** @throws UsageError */
export const commandLine = (args: readonly string[]): Line => {
  try {
    const { values: flags, positionals } = read(args);
    const [command = '', subject, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`too much: ${rest.join(' ')}`);
    return { command, subject, flags };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // `parseArgs` says what is wrong in one sentence.
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

/** The API's filter, of what was said. */
export const filterOf = ({ flags }: Line): Readonly<Record<string, string>> => {
  const { consumer, code, topic, key, status } = flags;
  const all = {
    consumer,
    code,
    topic,
    key,
    status,
    olderThan: flags['older-than'],
    newerThan: flags['newer-than'],
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
};

/** @throws UsageError naming what is missing */
export const needed = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new UsageError(`${what} is missing`);
  return value;
};
