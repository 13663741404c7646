import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newStage } from '../rehearse/rehearsal.ts';
import { rehearsedEventStore } from '../rehearse/rehearsed-event-store.ts';
import { rehearsedStateMemory } from '../rehearse/rehearsed-state-memory.ts';
import { account, accounts, deposit, withdraw } from '../testing/account.ts';
import { commandContext } from '../testing/command-context.ts';
import { fixedClock } from '../testing/envelope-of.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { commandHandler, type CommandHandler, type Outcome } from './command-handler.ts';
import type { EventStore } from './event-store.ts';
import { processStateMemory, type StateMemory } from './state-memory.ts';

const handler = (store: EventStore, memory?: StateMemory) => commandHandler(store, fixedClock(), memory);

const facts = ({ events, repeated }: Outcome) => ({
  repeated,
  events: events.map(({ aggregateId, sequence, eventType, payload }) => ({
    aggregateId,
    sequence,
    eventType,
    payload,
  })),
});

const step = fc.record({
  process: fc.nat(1),
  command: fc.nat(15),
  accounts: fc.uniqueArray(fc.constantFrom('a1', 'a2', 'a3'), { minLength: 1 }),
  amount: fc.integer({ min: -3, max: 5 }).filter((amount) => amount !== 0),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const run = async (commands: CommandHandler, { command, accounts, amount }: Step) => {
  try {
    return facts(
      await commands.executeAll(account, accounts, commandContext(`command ${command}`), (states) => {
        const move = (balance: number) =>
          amount > 0 ? deposit(amount) : withdraw({ open: true, balance }, -amount);
        return new Map([...states].map(([id, { balance }]) => [id, move(balance)]));
      }),
    );
  } catch (error) {
    return error;
  }
};

describe('a command handler that remembers states', () => {
  it('answers and writes as one that does not, with other processes writing as well', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        async (course, room) => {
          const [store, plain] = [memoryEventStore(), memoryEventStore()];
          const processes = [0, 1].map(() => handler(store, processStateMemory(1, room)));
          const reference = handler(plain);
          for (const each of course) {
            const commands = processes[each.process] ?? reference;
            expect(await run(commands, each)).toEqual(await run(reference, each));
            for (const id of each.accounts) {
              expect(await commands.state(account, id)).toEqual(await reference.state(account, id));
            }
          }
        },
      ),
    );
  });

  it('loads only what came since, and for a repeated command only from its commit on', async () => {
    const store = memoryEventStore();
    const loaded: (number | undefined)[] = [];
    const load: EventStore['load'] = (aggregate, id, after) => {
      loaded.push(after);
      return store.load(aggregate, id, after);
    };
    const commands = handler({ ...store, load }, processStateMemory(1));
    const put = (command: string) =>
      commands.execute(account, 'a1', commandContext(command), () => [...deposit(1), ...deposit(2)]);
    await put('one');
    await put('two');
    await handler(store).execute(account, 'a1', commandContext('elsewhere'), () => deposit(4));
    await put('three');
    const again = await put('two');
    expect(loaded).toEqual([0, 0, 2, 2]);
    expect(facts(again)).toMatchObject({ repeated: true, events: [{ sequence: 3 }, { sequence: 4 }] });
    expect(await commands.state(account, 'a1')).toMatchObject({ balance: 13 });
  });

  it('does not mistake an older state for the newest, when one command overtakes another', async () => {
    const store = memoryEventStore();
    const commands = handler(store, processStateMemory(1));
    const put = (n: number) => commands.execute(account, 'a1', commandContext(`put ${n}`), () => deposit(1));
    await Promise.all(Array.from({ length: 8 }, (_, n) => put(n)));
    await Promise.all(Array.from({ length: 8 }, (_, n) => put(n)));
    expect(await commands.state(account, 'a1')).toMatchObject({ balance: 8 });
    expect(await store.load(accounts, 'a1')).toHaveLength(8);
  });

  it('takes nothing into a rehearsal, and nothing out of it', async () => {
    const real = memoryEventStore();
    const memory = rehearsedStateMemory(processStateMemory(1));
    const commands = handler(rehearsedEventStore(real), memory);
    const put = (command: string, amount: number) =>
      commands.execute(account, 'a1', commandContext(command), () => deposit(amount));
    await put('real', 1);
    await newStage().run(async () => {
      await put('rehearsed', 10);
      expect(await commands.state(account, 'a1')).toMatchObject({ balance: 11 });
    });
    expect(await commands.state(account, 'a1')).toMatchObject({ balance: 1 });
    expect((await put('rehearsed', 10)).repeated).toBe(false);
  });
});

describe('the memory of a process', () => {
  const of = (sequence: number) => ({ state: account.initial, sequence, commits: new Map<string, number>() });

  it('does not keep short histories', () => {
    const memory = processStateMemory(10, 100);
    memory.keep(account, 'short', of(9));
    memory.keep(account, 'long', of(10));
    expect([memory.recall(account, 'short'), memory.recall(account, 'long')]).toMatchObject([
      undefined,
      { sequence: 10 },
    ]);
  });

  it('forgets what was not used for longest where there is no room for all', () => {
    const memory = processStateMemory(1, 100);
    for (const id of ['a', 'b', 'c']) memory.keep(account, id, of(33));
    memory.recall(account, 'a');
    memory.keep(account, 'd', of(30));
    expect(['a', 'b', 'c', 'd'].filter((id) => memory.recall(account, id))).toEqual(['a', 'c', 'd']);
  });

  it('keeps the newer of two states', () => {
    const memory = processStateMemory(1, 100);
    memory.keep(account, 'a', of(8));
    memory.keep(account, 'a', of(7));
    expect(memory.recall(account, 'a')).toMatchObject({ sequence: 8 });
  });
});
