import { z } from 'zod';
import type { Aggregate } from '../decide/aggregate.ts';
import { defineAggregate, type EventOf, type NewEvent } from '../define/event.ts';
import { BusinessError } from '../errors/mesh-error.ts';
import { init, projection, when } from '../project/projection.ts';

/** The kernel's own tests need an aggregate that belongs to no context: an account that must not be overdrawn. */
export const accounts = defineAggregate('payment', 'test-account');

export const Opened = accounts.event('OpenedEvent', z.object({ owner: z.string() }), { version: 1 });
export const Deposited = accounts.event('DepositedEvent', z.object({ amount: z.int().min(1) }), {
  version: 2,
  revision: '1.0',
  // Version 1 counted whole units of its currency.
  upcast: { 1: (payload) => ({ amount: z.object({ units: z.int() }).parse(payload).units * 100 }) },
});
export const Withdrawn = accounts.event('WithdrawnEvent', z.object({ amount: z.int().min(1) }), {
  version: 1,
});

type AccountEvent = EventOf<typeof Opened | typeof Deposited | typeof Withdrawn>;

export interface AccountState {
  readonly open: boolean;
  readonly balance: number;
}

export const account: Aggregate<AccountState, AccountEvent> = {
  definition: accounts,
  initial: { open: false, balance: 0 },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'OpenedEvent':
        return { ...state, open: true };
      case 'DepositedEvent':
        return { ...state, balance: state.balance + event.payload.amount };
      case 'WithdrawnEvent':
        return { ...state, balance: state.balance - event.payload.amount };
    }
  },
};

export const open = (state: AccountState, owner: string): NewEvent[] =>
  state.open ? [] : [Opened.of({ owner })];

export const deposit = (amount: number): NewEvent[] => [Deposited.of({ amount })];

export const withdraw = (state: AccountState, amount: number): NewEvent[] => {
  if (state.balance < amount) throw new BusinessError('overdrawn', `there are only ${state.balance}`);
  return [Withdrawn.of({ amount })];
};

export interface Statement {
  readonly owner: string;
  readonly balance: number;
  /** Every amount that moved, in order: shows an effect that was lost, doubled or overtaken. */
  readonly movements: readonly number[];
}

const move = (statement: Statement, amount: number): Statement => ({
  ...statement,
  balance: statement.balance + amount,
  movements: [...statement.movements, amount],
});

/** One document per account, which takes every event of it. */
export const statementOfAccount = projection<Statement>('test.statement', [
  init(Opened, ({ payload: { owner } }) => ({ owner, balance: 0, movements: [] })),
  when(Deposited, (statement, { payload: { amount } }) => move(statement, amount)),
  when(Withdrawn, (statement, { payload: { amount } }) => move(statement, -amount)),
]);

export interface Turnover {
  readonly deposits: number;
  readonly withdrawals: number;
}

/** One document for all accounts that begin with the same letter. */
export const turnoverByLetter = projection<Turnover>(
  'test.turnover',
  [
    init(Deposited, ({ payload: { amount } }, doc?: Turnover) => ({
      deposits: (doc?.deposits ?? 0) + amount,
      withdrawals: doc?.withdrawals ?? 0,
    })),
    init(Withdrawn, ({ payload: { amount } }, doc?: Turnover) => ({
      deposits: doc?.deposits ?? 0,
      withdrawals: (doc?.withdrawals ?? 0) + amount,
    })),
  ],
  ({ aggregateId }) => ({ group: 'letters', item: aggregateId.slice(0, 1) }),
);

/** The events of an account with these movements: positive in, negative out. */
export const accountEvents = (movements: readonly number[]): NewEvent[] => [
  Opened.of({ owner: 'Ada' }),
  ...movements.map((amount) =>
    amount > 0 ? Deposited.of({ amount }) : Withdrawn.of({ amount: Math.max(1, -amount) }),
  ),
];
