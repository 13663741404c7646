import { z } from 'zod';
import type { Aggregate } from '../../../shared/decide/aggregate.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { defineAggregate, type EventOf, type NewEvent } from '../../../shared/define/event.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { on, policy, type Policy } from '../../../shared/consume/policy.ts';
import { init, projection, when, type Projection } from '../../../shared/project/projection.ts';
import { Deposited, Opened, Withdrawn, type Statement } from '../../../shared/testing/account.ts';
import { BUG_AMOUNT } from '../schedule.ts';

/** What deposits earn, all accounts of a world together: many keys end in one aggregate, which they contend for. */
export const clubs = defineAggregate('promotion', 'test-club');
export const Rewarded = clubs.event(
  'RewardedEvent',
  z.object({ accountId: z.string(), points: z.int().min(1) }),
  { version: 1 },
);

export const club: Aggregate<number, EventOf<typeof Rewarded>> = {
  definition: clubs,
  initial: 0,
  evolve: (points, { payload }) => points + payload.points,
};

export interface Reward {
  readonly accountId: string;
  readonly points: number;
}

export const reward = ({ accountId, points }: Reward): NewEvent[] => [Rewarded.of({ accountId, points })];

/** Ids of a world carry its name: worlds share tables and never meet. */
export const accountId = (world: string, name: string): string => `${world}-${name}`;
export const clubId = (world: string): string => `${world}-club`;

/** A consumer's bug: it meets one amount, until somebody mends it. */
export interface Bug {
  mended: boolean;
}

const meet = ({ mended }: Bug, amount: number): void => {
  if (!mended && amount === BUG_AMOUNT) throw new PermanentError('bug', `no account can have ${BUG_AMOUNT}`);
};

const move = (statement: Statement, amount: number): Statement => ({
  ...statement,
  balance: statement.balance + amount,
  movements: [...statement.movements, amount],
});

/** A document for each account, which takes every event of it: it sees a gap by itself. */
export const statements = (world: string, bug: Bug): Projection<Statement> =>
  projection<Statement>(`${world}.statement`, [
    init(Opened, ({ payload: { owner } }) => ({ owner, balance: 0, movements: [] })),
    when(Deposited, (statement, { payload: { amount } }) => {
      meet(bug, amount);
      return move(statement, amount);
    }),
    when(Withdrawn, (statement, { payload: { amount } }) => move(statement, -amount)),
  ]);

/** What moved, in order, by account. */
export type Journal = Readonly<Record<string, readonly number[]>>;

/** One document for all accounts of a world, which leaves out some events: it cannot see a gap. */
export const journals = (world: string, bug: Bug): Projection<Journal> => {
  const enter = (journal: Journal | undefined, { aggregateId }: EventEnvelope, amount: number): Journal =>
    Object.fromEntries(
      Object.entries({ ...journal, [aggregateId]: [...(journal?.[aggregateId] ?? []), amount] }).sort(
        ([a], [b]) => (a < b ? -1 : 1),
      ),
    );
  return projection<Journal>(
    `${world}.journal`,
    [
      init(Deposited, (event, journal?: Journal) => {
        meet(bug, event.payload.amount);
        return enter(journal, event, event.payload.amount);
      }),
      init(Withdrawn, (event, journal?: Journal) => enter(journal, event, -event.payload.amount)),
    ],
    () => ({ group: world, item: 'all' }),
  );
};

/** Every deposit is thanked for by mail and earns points. */
export const rewards = (world: string, bug: Bug): Policy<Reward> =>
  policy<Reward>(`${world}.rewards`, [
    on(Deposited, ({ aggregateId, payload: { amount } }) => {
      meet(bug, amount);
      return { accountId: aggregateId, points: amount };
    }),
  ]);
