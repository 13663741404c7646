import fc from 'fast-check';
import {
  accountNames,
  actors,
  BUG_AMOUNT,
  fates,
  turns,
  type Actor,
  type Command,
  type Schedule,
  type Step,
  type Subject,
} from './schedule.ts';

const MAX_COMMANDS = 5;
const MAX_EARLY_STEPS = 6;
const MAX_STEPS = 32;
const MAX_AMOUNT = 9;
const MAX_KINDS = 3;

const consumers: readonly Actor[] = ['consumer0', 'consumer1', 'consumer0~', 'consumer1~'];

const account = fc.constantFrom(...accountNames);
const amount = fc.integer({ min: 1, max: MAX_AMOUNT });
const command = (
  kind: Command['kind'],
  of: Partial<Record<'to' | 'amount', fc.Arbitrary<string | number>>>,
) =>
  fc.record({ account, to: of.to ?? fc.constant(''), amount: of.amount ?? fc.constant(0) }).map(
    // What the three parts are is said in the line above.
    (parts) => ({ kind, ...parts }) as Command,
  );

/** What fails is made plainer by trying the first alternative in the place of the others. */
const plainer = { withCrossShrink: true };

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  plainer,
  { weight: 7, arbitrary: command('deposit', { amount }) },
  { weight: 2, arbitrary: command('withdraw', { amount }) },
  {
    weight: 2,
    arbitrary: command('transfer', { to: account, amount }).filter(({ account: from, to }) => from !== to),
  },
  { weight: 1, arbitrary: command('deposit', { amount: fc.constant(BUG_AMOUNT) }) },
  { weight: 1, arbitrary: command('poison', {}) },
);

const plain: readonly Step['act'][] = ['go', 'on', 'all'];
const troubles = [...fates, ...turns].filter((act) => !plain.includes(act));

/** A step before it is settled what its trouble is. */
interface Draft {
  readonly actor: Actor;
  readonly act: Step['act'] | 'trouble';
  readonly which: number;
  readonly n: number;
}

const act: fc.Arbitrary<Draft['act']> = fc.oneof(
  plainer,
  { weight: 3, arbitrary: fc.constantFrom(...plain) },
  { weight: 2, arbitrary: fc.constant('trouble' as const) },
);

/** Small batches, so that there are many. */
const n = fc.constantFrom(1, 1, 1, 2, 4);

const drafts = (names: readonly Actor[], maxLength: number): fc.Arbitrary<Draft[]> =>
  fc.array(
    fc.record({
      actor: fc.constantFrom(...names),
      act,
      which: fc.nat(MAX_KINDS - 1),
      n,
    }),
    { maxLength, size: 'max' },
  );

/** Trouble first among writers, then on the way, then in the consumers (most of all), then in a redrive. */
const anyDrafts = fc
  .tuple(
    drafts(['api0', 'api1'], MAX_EARLY_STEPS),
    drafts(['api0', 'api1', 'relay'], MAX_EARLY_STEPS),
    drafts([...consumers, ...consumers, ...actors], MAX_STEPS),
    drafts(['operator'], MAX_EARLY_STEPS),
  )
  .map((parts) => parts.flat());

interface Focus {
  /** All commands are about one account, so that all its events come to one partition. */
  readonly onePlace: boolean;
  /** Few kinds of trouble. */
  readonly kinds: readonly Step['act'][];
}

/**
 * Swarm testing (Groce et al., 2012): a schedule with few kinds of trouble at one place goes deeper than one with all
 * of them everywhere.
 */
const focused =
  ({ onePlace, kinds }: Focus) =>
  ({ actor, act: drafted, which, n }: Draft): Step => ({
    actor: placed(actor, onePlace, kinds.includes('reassign')),
    act: drafted === 'trouble' ? (kinds[which % kinds.length] ?? 'go') : drafted,
    n,
  });

/** Where only one partition has records there is nobody to stop at the other; where none changes hands, nobody is left behind. */
const placed = (actor: Actor, onePlace: boolean, reassigned: boolean): Actor => {
  switch (actor) {
    case 'consumer0~':
      return reassigned ? actor : 'consumer0';
    case 'consumer1~':
      return onePlace || !reassigned ? placed('consumer1', onePlace, reassigned) : actor;
    case 'consumer1':
      return onePlace ? 'consumer0' : actor;
    default:
      return actor;
  }
};

/** Schedules for a consumer; fast-check shrinks them to fewer and plainer commands and steps. */
export const anySchedule = (subject: Subject): fc.Arbitrary<Schedule> =>
  fc
    .record({
      redelivery: fc.constantFrom('reported' as const, 'from-first' as const),
      commands: fc.array(anyCommand, { minLength: 1, maxLength: MAX_COMMANDS, size: 'max' }),
      drafted: anyDrafts,
      focus: fc.record({
        onePlace: fc.boolean(),
        kinds: fc.subarray(troubles, { minLength: 1, maxLength: MAX_KINDS }),
      }),
    })
    .map(({ redelivery, commands, drafted, focus }) => ({
      subject,
      redelivery,
      commands: focus.onePlace
        ? commands.filter(({ kind }) => kind !== 'transfer').map((command) => ({ ...command, account: 'a' }))
        : commands,
      steps: drafted.map(focused(focus)),
    }));
