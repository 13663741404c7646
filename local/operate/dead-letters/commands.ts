import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { text as textOf } from 'node:stream/consumers';
import { UsageError, type ApiAccess } from '../api-access.ts';
import { filterOf, needed, type Line } from './command-line.ts';
import { field, listOf, nextPage, sheet, table } from './shown.ts';

/** What a command answers: the API's own answer, how a person reads it, and whether something is left standing. */
export interface Told {
  readonly answer: unknown;
  readonly shown: string;
  readonly incomplete?: boolean;
}

type Command = (api: ApiAccess, line: Line) => Promise<Told>;

const DESK = '/ops/dead-letters';
const POLL_MS = 500;

const letterPath = ({ subject }: Line): string =>
  `${DESK}/letters/${encodeURIComponent(needed(subject, "the letter's id"))}`;
const jobPath = ({ subject }: Line): string =>
  `${DESK}/redrives/${encodeURIComponent(needed(subject, "the redrive's id"))}`;
const page = ({ flags: { limit, after } }: Line) => ({ limit, after });

const sheetOf = (answer: unknown): Told => ({ answer, shown: sheet(answer) });

/** One letter, all, or what filters choose. @throws UsageError when it is none of them, or more than one */
const selectionOf = (line: Line) => {
  const filter = filterOf(line);
  const { subject, flags } = line;
  const some = [subject !== undefined, flags.all === true, Object.keys(filter).length > 0];
  if (some.filter(Boolean).length !== 1) throw new UsageError('say one of: a letter, filters, or --all');
  if (subject !== undefined) return { letter: subject };
  return flags.all === true ? { all: true } : { filter };
};

const LETTER_COLUMNS = ['letterId', 'status', 'key', 'cause.code', 'attempts', 'parkedAt', 'cause.message'];
const JOB_COLUMNS = ['jobId', 'state', 'requestedAt', 'requestedBy', 'results', 'stoppedKeys', 'reason'];

const list: Command = async (api, line) => {
  const answer = await api.call({ path: DESK, query: { ...filterOf(line), ...page(line) } });
  return { answer, shown: table(listOf(answer, 'letters'), LETTER_COLUMNS) + nextPage(answer) };
};

const groups: Command = async (api, line) => {
  const answer = await api.call({ path: `${DESK}/groups`, query: filterOf(line) });
  const columns = ['count', 'consumer', 'code', 'oldest', 'newest', 'sample', 'message'];
  const more = field(answer, 'complete') === false ? '\n… there are more than were counted' : '';
  return { answer, shown: table(listOf(answer, 'groups'), columns) + more };
};

const show: Command = async (api, line) => sheetOf(await api.call({ path: letterPath(line) }));

/** All pages, unless one was asked for. */
const dryRun: Command = async (api, line) => {
  const { letter, all, filter } = selectionOf(line) as { letter?: string; all?: true; filter?: object };
  const query = { ...filter, letter, ...(all && { all: 'true' }), limit: line.flags.limit };
  const predictions: unknown[] = [];
  let after = line.flags.after;
  do {
    const answer = await api.call({ path: `${DESK}/dry-run`, query: { ...query, after } });
    predictions.push(...listOf(answer, 'predictions'));
    const next = field(answer, 'next');
    after = typeof next === 'string' ? next : undefined;
  } while (after !== undefined);
  const counts = Object.entries(Object.groupBy(predictions, (one) => String(field(one, 'result'))))
    .map(([result, some = []]) => `${some.length} ${result}`)
    .join(', ');
  const rows = predictions.map((one) => ({
    ...(one as object),
    writes: listOf(one, 'writes').map(
      (write) => `${String(field(write, 'kind'))} ${String(field(write, 'target'))}`,
    ),
  }));
  const columns = ['letterId', 'key', 'result', 'cause.code', 'cause.message', 'writes'];
  return { answer: { predictions }, shown: `${table(rows, columns)}\n${counts || 'nothing to redrive'}` };
};

const waited = async (api: ApiAccess, path: string): Promise<Told> => {
  for (;;) {
    const answer = await api.call({ path });
    const state = field(answer, 'state');
    const isOver = state === 'done' || state === 'cancelled' || state === 'stalled';
    if (isOver) {
      const whole = state === 'done' && field(answer, 'stoppedKeys') === 0 && field(answer, 'busyKeys') === 0;
      return { ...sheetOf(answer), incomplete: !whole };
    }
    await pause(POLL_MS);
  }
};

const redrive: Command = async (api, line) => {
  const selection = selectionOf(line);
  const { rate, wait } = line.flags;
  if (rate !== undefined && !/^\d+$/.test(rate)) throw new UsageError(`--rate takes a number, not "${rate}"`);
  const reason = needed(line.flags.reason, '--reason');
  const body = { ...selection, reason, ...(rate !== undefined && { rate: Number(rate) }) };
  const answer = await api.call({ method: 'POST', path: `${DESK}/redrives`, body });
  return wait === true ? waited(api, `${DESK}/redrives/${String(field(answer, 'jobId'))}`) : sheetOf(answer);
};

const job: Command = async (api, line) =>
  line.flags.wait === true ? waited(api, jobPath(line)) : sheetOf(await api.call({ path: jobPath(line) }));

const jobs: Command = async (api) => {
  const answer = await api.call({ path: `${DESK}/redrives` });
  return { answer, shown: table(listOf(answer, 'redrives'), JOB_COLUMNS) };
};

const onJob =
  (what: 'cancel' | 'resume'): Command =>
  async (api, line) =>
    sheetOf(await api.call({ method: 'POST', path: `${jobPath(line)}/${what}`, body: {} }));

const correct: Command = async (api, line) => {
  const from = needed(line.flags.value, '--value');
  const value = from === '-' ? await textOf(process.stdin) : await readValue(from);
  const body = { value, reason: needed(line.flags.reason, '--reason') };
  return sheetOf(await api.call({ method: 'POST', path: `${letterPath(line)}/corrections`, body }));
};

const readValue = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`--value: ${file} cannot be read`, { cause });
  }
};

const approve: Command = async (api, line) => {
  const body = { sha256: needed(line.flags.sha256, '--sha256') };
  return sheetOf(await api.call({ method: 'POST', path: `${letterPath(line)}/approvals`, body }));
};

const discard: Command = async (api, line) => {
  const body = { reason: needed(line.flags.reason, '--reason') };
  return sheetOf(await api.call({ method: 'POST', path: `${letterPath(line)}/discards`, body }));
};

const audit: Command = async (api, line) => {
  const answer = await api.call({ path: '/ops/audit', query: page(line) });
  const columns = ['at', 'by', 'action', 'target', 'reason', 'details'];
  return { answer, shown: table(listOf(answer, 'entries'), columns) + nextPage(answer) };
};

export const commands: Readonly<Record<string, Command>> = {
  list,
  groups,
  show,
  'dry-run': dryRun,
  redrive,
  job,
  jobs,
  cancel: onJob('cancel'),
  resume: onJob('resume'),
  correct,
  approve,
  discard,
  audit,
};
