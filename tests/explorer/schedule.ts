/**
 * Who can be stopped: two writers, the relay, a consumer on each of two partitions, of which `~` is one that was left
 * behind, and an operator, whose turn comes when everything else has come to rest.
 */
export const actors = [
  'api0',
  'api1',
  'relay',
  'consumer0',
  'consumer1',
  'consumer0~',
  'consumer1~',
  'operator',
] as const;
export type Actor = (typeof actors)[number];

/**
 * What becomes of an I/O call. Before it: `refuse` (throttled, nothing happens), `die`. After it: `go`, `lose` (it
 * happened, the answer is a timeout), `twice` (the SDK repeats it after a lost answer), `half` (a publish: only a
 * first part arrived), `done-die`.
 */
export const fates = ['go', 'refuse', 'lose', 'twice', 'half', 'die', 'done-die'] as const;
export type Fate = (typeof fates)[number];

/**
 * What happens besides: `on` lets `n` calls happen one after the other, `all` those that are left of the job, `back`
 * delivers the last `n` records that had ended once more, `reassign` gives the partition to another poller while a batch
 * is in flight, `sleep` lets half a minute pass.
 */
export const turns = ['on', 'all', 'back', 'reassign', 'sleep'] as const;
export type Turn = (typeof turns)[number];

/**
 * One step. An idle actor first begins a batch of `n` records (for a writer: the next command); one with several calls
 * waiting takes number `n` of them. An actor with nothing to do waits until the rest of the world has brought it work.
 */
export interface Step {
  readonly actor: Actor;
  readonly act: Fate | Turn;
  readonly n: number;
}

/** `a+5` deposit, `a-5` withdraw, `a>b5` transfer, `a!` bytes that do not decode, on the topic under the key of `a`. */
export interface Command {
  readonly kind: 'deposit' | 'withdraw' | 'transfer' | 'poison';
  readonly account: string;
  readonly to: string;
  readonly amount: number;
}

/** Which consumer runs: a complete projection, one that joins accounts, a policy with mail and a command, and the naive one. */
const subjects = ['statement', 'journal', 'rewards', 'naive'] as const;
export type Subject = (typeof subjects)[number];

/** All that a run depends on. Its text (`printSchedule`) replays it. */
export interface Schedule {
  readonly subject: Subject;
  /** The two readings of AWS's page on partial responses: only what was reported comes again, or all from there on. */
  readonly redelivery: 'reported' | 'from-first';
  readonly commands: readonly Command[];
  readonly steps: readonly Step[];
}

export const accountNames = ['a', 'b', 'c'] as const;

/** A deposit of this amount meets a bug in the consumer, which is mended before the redrive. */
export const BUG_AMOUNT = 13;

const commandText = ({ kind, account, to, amount }: Command): string => {
  switch (kind) {
    case 'deposit':
      return `${account}+${amount}`;
    case 'withdraw':
      return `${account}-${amount}`;
    case 'transfer':
      return `${account}>${to}${amount}`;
    case 'poison':
      return `${account}!`;
  }
};

const stepText = ({ actor, act, n }: Step): string => `${actor}.${act}${n === 1 ? '' : `.${n}`}`;

/** A schedule as one line, for `--replay`. */
export const printSchedule = ({ subject, redelivery, commands, steps }: Schedule): string =>
  [[subject, redelivery], commands.map(commandText), steps.map(stepText)]
    .map((part) => part.join(' '))
    .join(' | ')
    .replace(/[ |]+$/, '');

/** A schedule's text that cannot be read; the message says which part. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const oneOf = <T extends string>(all: readonly T[], text: string | undefined, what: string): T => {
  const found = all.find((name) => name === text);
  if (found === undefined) throw new ScheduleError(`"${text ?? ''}" is no ${what}: ${all.join(', ')}`);
  return found;
};

const readCommand = (text: string): Command => {
  const [, account, sign, to = '', digits = '0'] = /^([abc])([-+>!])([abc]?)(\d{1,3})?$/.exec(text) ?? [];
  const kinds = { '+': 'deposit', '-': 'withdraw', '>': 'transfer', '!': 'poison' } as const;
  const kind = sign === undefined ? undefined : kinds[sign as keyof typeof kinds]; // the pattern has no other sign
  const amount = Number(digits);
  if (
    account === undefined ||
    kind === undefined ||
    (kind === 'transfer') !== (to !== '') ||
    to === account ||
    (kind === 'poison') !== (amount === 0)
  )
    throw new ScheduleError(`"${text}" is no command: a+5, a-5, a>b5 or a!`);
  return { kind, account, to, amount };
};

const readStep = (text: string): Step => {
  const [actor, act, n = '1', ...more] = text.split('.');
  if (more.length > 0 || !/^[1-9]$/.test(n))
    throw new ScheduleError(`"${text}" is no step: <actor>.<what happens>[.<1 to 9>]`);
  return {
    actor: oneOf(actors, actor, 'actor'),
    act: oneOf<Fate | Turn>([...fates, ...turns], act, 'turn of events'),
    n: Number(n),
  };
};

/**
 * The schedule that a text stands for.
 * @throws ScheduleError
 */
export const readSchedule = (text: string): Schedule => {
  const parts = text.split('|').map((part) => part.split(/\s+/).filter(Boolean));
  const [[subject, redelivery, ...more] = [], commands = [], steps = [], ...rest] = parts;
  if (more.length > 0 || rest.length > 0)
    throw new ScheduleError('a schedule is: <consumer> <redelivery> | <commands> | <steps>');
  return {
    subject: oneOf(subjects, subject, 'consumer'),
    redelivery: oneOf(['reported', 'from-first'], redelivery, 'redelivery'),
    commands: commands.map(readCommand),
    steps: steps.map(readStep),
  };
};
