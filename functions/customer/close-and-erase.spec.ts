import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';
import { closeAndErase } from './close-and-erase.ts';
import { customer, registerCustomer, verifyCustomer } from './customer.ts';

const customerId = 'c-1';
const who = { name: 'Ada Lovelace', email: 'ada@example.com' };
const close = { reason: 'customer-request' };

class Crash extends Error {}

/** A registered customer. `crashAt` counts the calls that leave the process, from 0: the process dies at that one. */
const world = async () => {
  const store = memoryEventStore();
  const vault = memoryVault();
  const profile = await vault.seal(customerId, who);
  await commandHandler(store).execute(customer, customerId, commandContext('register'), (state) =>
    registerCustomer(state, { customerId, profile }),
  );
  const closing = (crashAt = Infinity, afterActing = false) => {
    let calls = 0;
    const call = async <T>(act: () => Promise<T>): Promise<T> => {
      const dies = calls === crashAt;
      calls += 1;
      if (dies && !afterActing) throw new Crash();
      const answer = await act();
      if (dies) throw new Crash();
      return answer;
    };
    const commands = commandHandler({
      ...store,
      load: (...of) => call(() => store.load(...of)),
      // An append of nothing does not leave the process.
      append: (commits) => (commits.length === 0 ? store.append([]) : call(() => store.append(commits))),
    });
    const run = closeAndErase({ commands, vault: { destroy: (id) => call(() => vault.destroy(id)) } });
    return { run, calls: () => calls };
  };
  const stands = async () => ({
    events: (await store.load(customer.definition, customerId)).flatMap(({ events }) =>
      events.map(({ eventType }) => eventType),
    ),
    readable: (await vault.open(customerId, profile)) !== undefined,
  });
  return { closing, stands, store, vault };
};

const closed = { events: ['CustomerRegisteredEvent', 'CustomerClosedEvent'], readable: false };

describe('closing a customer', () => {
  it('destroys the key and closes the account', async () => {
    const { closing, stands } = await world();
    const { events } = await closing().run(customerId, close, commandContext('close'));
    expect(events).toMatchObject([{ eventType: 'CustomerClosedEvent', payload: { customerId, ...close } }]);
    expect(await stands()).toEqual(closed);
  });

  it('changes nothing the second time', async () => {
    const { closing, stands } = await world();
    await closing().run(customerId, close, commandContext('close'));
    const again = await closing().run(customerId, { reason: 'inactive' }, commandContext('again'));
    expect(again.events).toEqual([]);
    expect(await stands()).toEqual(closed);
  });

  it('of whom nobody knows destroys nothing', async () => {
    const { closing, vault } = await world();
    await expect(closing().run('nobody', close, commandContext('close'))).rejects.toMatchObject({
      code: 'customer-unknown',
    });
    expect(await vault.open('nobody', await vault.seal('nobody', 1))).toBe(1);
  });

  it('under the id of another command of the customer destroys nothing', async () => {
    const { closing, stands } = await world();
    await expect(closing().run(customerId, close, commandContext('register'))).rejects.toMatchObject({
      code: 'command-id-reused',
    });
    expect(await stands()).toEqual({ events: ['CustomerRegisteredEvent'], readable: true });
  });

  it('under an id that another command takes meanwhile says that it closed nothing', async () => {
    const { stands, store, vault } = await world();
    const commands = commandHandler(store);
    const destroy = async (id: string): Promise<void> => {
      await vault.destroy(id);
      await commands.execute(customer, id, commandContext('key'), verifyCustomer);
    };
    const run = closeAndErase({ commands, vault: { destroy } });
    await expect(run(customerId, close, commandContext('key'))).rejects.toMatchObject({
      code: 'command-id-reused',
    });
    const events = ['CustomerRegisteredEvent', 'CustomerValidatedEvent'];
    expect(await stands()).toEqual({ events, readable: false });
    await run(customerId, close, commandContext('another key'));
    expect(await stands()).toEqual({ events: [...events, 'CustomerClosedEvent'], readable: false });
  });
});

describe('a close that crashes', async () => {
  const counting = (await world()).closing();
  await counting.run(customerId, close, commandContext('close'));
  const points = Array.from({ length: counting.calls() }, (_, call) => call).flatMap((call) => [
    { call, afterActing: false },
    { call, afterActing: true },
  ]);

  it('can crash before and after each of its calls: load, destroy, load, append', () => {
    expect(points).toHaveLength(8);
  });

  it.each(points)('at call $call (acted: $afterActing) closes when it is sent again', async (point) => {
    for (const commandId of ['close', 'another close']) {
      const { closing, stands } = await world();
      const { run } = closing(point.call, point.afterActing);
      await expect(run(customerId, close, commandContext('close'))).rejects.toThrow(Crash);
      const between = await stands();
      // Whoever hears that a customer is closed may rely on the data being gone.
      if (between.events.includes('CustomerClosedEvent')) expect(between.readable).toBe(false);
      await closing().run(customerId, close, commandContext(commandId));
      expect(await stands()).toEqual(closed);
    }
  });
});
