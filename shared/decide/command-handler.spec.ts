import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BusinessError, TransientError } from '../errors/mesh-error.ts';
import { account, accounts, deposit, Deposited, open, withdraw } from '../testing/account.ts';
import { commandContext } from '../testing/command-context.ts';
import { envelopeOf, fixedClock, testTime } from '../testing/envelope-of.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { commandHandler, type CommandHandler } from './command-handler.ts';
import type { EventStore } from './event-store.ts';

let store: EventStore;
let run: CommandHandler;
beforeEach(() => {
  store = memoryEventStore();
  run = commandHandler(store, fixedClock());
});

const execute = (
  id: string,
  command: string,
  decide: Parameters<typeof run.execute<{ open: boolean; balance: number }, never>>[3],
) => run.execute(account, id, commandContext(command), decide);

const sequences = async (id: string): Promise<number[]> =>
  (await store.load(accounts, id)).flatMap(({ events }) => events.map(({ sequence }) => sequence));

describe('a command', () => {
  it('is decided on the state so far and leaves whole envelopes, in sequence', async () => {
    await execute('a1', 'c1', (state) => [...open(state, 'Ada'), ...deposit(5)]);
    const { events, repeated } = await execute('a1', 'c2', (state) => withdraw(state, 3));
    expect(repeated).toBe(false);
    expect(events).toEqual([
      {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        eventType: 'WithdrawnEvent',
        aggregateType: 'test-account',
        aggregateId: 'a1',
        sequence: 3,
        occurredOn: new Date(testTime).toISOString(),
        version: 1,
        source: 'payment',
        payload: { amount: 3 },
        metadata: {
          correlationId: 'test-correlation',
          causationId: 'c2',
          userId: 'user-1',
          traceId: '0af7651916cd43dd8448eb211c80319c',
          schemaVersion: '1.0.0',
        },
      },
    ]);
    expect(await run.state(account, 'a1')).toEqual({ open: true, balance: 2 });
  });

  it('that was run before answers with its first outcome and does not decide again', async () => {
    const first = await execute('a1', 'c1', () => deposit(5));
    await execute('a1', 'c2', () => deposit(7));
    const again = await execute('a1', 'c1', () => {
      throw new Error('decided again');
    });
    expect(again).toEqual({ events: first.events, repeated: true });
  });

  it('may decide that nothing needs to happen', async () => {
    expect(await execute('a1', 'c1', () => [])).toEqual({ events: [], repeated: false });
    expect(await sequences('a1')).toEqual([]);
  });

  it('that the business refuses writes nothing', async () => {
    await expect(execute('a1', 'c1', (state) => withdraw(state, 1))).rejects.toThrow(BusinessError);
    expect(await sequences('a1')).toEqual([]);
  });

  it('cannot write an event that consumers would have to park', async () => {
    await expect(execute('a1', 'c1', () => [Deposited.of({ amount: 0 })])).rejects.toMatchObject({
      code: 'invalid-event',
      errorClass: 'permanent',
    });
    await expect(execute('x'.repeat(201), 'c1', () => deposit(1))).rejects.toThrow('aggregateId');
    const untraceable = { ...commandContext('c1'), traceId: 'none' };
    await expect(run.execute(account, 'a1', untraceable, () => deposit(1))).rejects.toThrow('traceId');
    expect(await sequences('a1')).toEqual([]);
  });

  it('reads events of older versions', async () => {
    const old = {
      ...envelopeOf(Deposited.of({ amount: 1 }), { aggregateId: 'a1' }),
      version: 1,
      payload: { units: 2 },
    };
    await store.append([{ aggregate: accounts, aggregateId: 'a1', commandId: 'c0', events: [old] }]);
    expect(await run.state(account, 'a1')).toEqual({ open: false, balance: 200 });
  });
});

describe('a command that another writer overtakes', () => {
  it('is decided again on the new state', async () => {
    const balances: number[] = [];
    await execute('a1', 'c1', (state) => {
      balances.push(state.balance);
      return deposit(1);
    });
    let overtaken = false;
    const racing: EventStore = {
      ...store,
      append: async (commits) => {
        if (!overtaken) {
          overtaken = true;
          await execute('a1', 'rival', () => deposit(10));
        }
        await store.append(commits);
      },
    };
    const { events } = await commandHandler(racing, fixedClock()).execute(
      account,
      'a1',
      commandContext('c2'),
      (state) => {
        balances.push(state.balance);
        return deposit(1);
      },
    );
    expect(balances).toEqual([0, 1, 11]);
    expect(events.map(({ sequence }) => sequence)).toEqual([3]);
  });

  it('finds its own commit where the answer to it was lost', async () => {
    let lost = false;
    const unreliable: EventStore = {
      ...store,
      append: async (commits) => {
        await store.append(commits);
        if (lost) return;
        lost = true;
        // The SDK tries again by itself after a time-out, and meets its own write.
        await store.append(commits);
      },
    };
    const outcome = await commandHandler(unreliable, fixedClock()).execute(
      account,
      'a1',
      commandContext('c1'),
      () => deposit(5),
    );
    expect(outcome.repeated).toBe(true);
    expect(await run.state(account, 'a1')).toMatchObject({ balance: 5 });
  });

  it('every time gives up with a transient error', async () => {
    let appends = 0;
    const contended: EventStore = {
      ...store,
      append: async (commits) => {
        appends += 1;
        const [commit] = commits;
        if (commit) await store.append([{ ...commit, commandId: `rival ${appends}` }]);
        await store.append(commits);
      },
    };
    const busy = commandHandler(contended, fixedClock()).execute(account, 'a1', commandContext('c1'), () =>
      deposit(1),
    );
    await expect(busy).rejects.toMatchObject({ code: 'version-conflict', errorClass: 'transient' });
    expect(appends).toBe(12);
  });

  it('is not tried again after any other error', async () => {
    let appends = 0;
    const down: EventStore = {
      ...store,
      append: () => {
        appends += 1;
        return Promise.reject(new TransientError('down', 'no answer'));
      },
    };
    await expect(
      commandHandler(down).execute(account, 'a1', commandContext('c1'), () => deposit(1)),
    ).rejects.toThrow('no answer');
    expect(appends).toBe(1);
  });
});

describe('a command on several aggregates', () => {
  it('writes all or nothing', async () => {
    await execute('a1', 'c1', () => deposit(5));
    const transfer = (amount: number) =>
      run.executeAll(account, ['a1', 'b1'], commandContext(`t${amount}`), (states) => {
        const from = states.get('a1');
        if (!from) throw new Error('a1 was asked for');
        return new Map([
          ['b1', deposit(amount)],
          ['a1', withdraw(from, amount)],
        ]);
      });
    await expect(transfer(6)).rejects.toThrow(BusinessError);
    const { events } = await transfer(4);
    expect(events.map(({ aggregateId, sequence }) => [aggregateId, sequence])).toEqual([
      ['b1', 1],
      ['a1', 2],
    ]);
    expect((await transfer(4)).repeated).toBe(true);
    expect((await run.state(account, 'b1')).balance).toBe(4);
  });
});

describe('commands at the same time', () => {
  const amount = fc.integer({ min: 1, max: 5 });

  it('lose no event, leave no gap, each take effect once, and never break a rule', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(
          fc.record({
            id: fc.constantFrom('a1', 'b1'),
            amount,
            out: fc.boolean(),
            command: fc.nat({ max: 6 }),
          }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (scheduler, wishes) => {
          const inner = memoryEventStore();
          const interleaved: EventStore = {
            ...inner,
            load: scheduler.scheduleFunction(inner.load.bind(inner)),
            append: scheduler.scheduleFunction(inner.append.bind(inner)),
          };
          const handler = commandHandler(interleaved, fixedClock());
          const running = wishes.map(({ id, amount, out, command }) =>
            handler
              .execute(account, id, commandContext(`${id} ${command}`), (state) =>
                out ? withdraw(state, amount) : deposit(amount),
              )
              .then(({ events }) => ({ id, command, ids: events.map(({ eventId }) => eventId).join() }))
              .catch((error: unknown) => {
                if (error instanceof BusinessError) return undefined;
                throw error;
              }),
          );
          const outcomes = await scheduler.waitFor(Promise.all(running));
          for (const id of ['a1', 'b1']) {
            const history = await inner.load(accounts, id);
            const written = history.flatMap(({ events }) => events);
            expect(written.map(({ sequence }) => sequence)).toEqual(written.map((_, i) => i + 1));
            const commands = history.map(({ commandId }) => commandId);
            expect(new Set(commands).size).toBe(commands.length);
            const told = outcomes.filter((outcome) => outcome?.id === id).map((outcome) => outcome?.ids);
            expect(new Set(told)).toEqual(new Set(written.map(({ eventId }) => eventId)));
            expect((await commandHandler(inner).state(account, id)).balance).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 60 },
    ));
});
