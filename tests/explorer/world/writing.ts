import { BusinessError } from '../../../shared/errors/mesh-error.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import { account, deposit, open, withdraw } from '../../../shared/testing/account.ts';
import { commandContext } from '../../../shared/testing/command-context.ts';
import { accountId } from '../subjects/accounts.ts';
import type { Answer, Job, Work } from './actor.ts';
import type { Process } from './process.ts';
import type { Command } from '../schedule.ts';
import type { World } from './world.ts';

/** API Gateway gives up after 29 s. */
const TIMEOUT_MS = 29_000;

/** What a writer was told about a command. */
export interface Answered {
  readonly commandId: string;
  readonly accountIds: readonly string[];
  readonly answer: 'accepted' | 'refused';
}

export const commandIdOf = (world: string, index: number): string => `${world}/command-${index}`;

/** People who send commands, each under its idempotency key, and send it again until they are told how it ended. */
export const writing = (world: World): Work => {
  const waiting = world.schedule.commands.map((command, index) => ({ command, index }));
  return {
    get ready() {
      return waiting.length > 0;
    },
    begin: () => {
      const next = waiting.shift();
      if (!next) throw new Error('no command waits');
      const { command, index } = next;
      const commandId = commandIdOf(world.name, index);
      return {
        what: `command ${index + 1}`,
        withinMs: TIMEOUT_MS,
        run: (process) => {
          if (command.kind === 'poison') return poison(world, process, command);
          return execute(world, process, command, commandId);
        },
        failed: () => waiting.unshift(next),
      } satisfies Job;
    },
  };
};

const execute = async (
  { name, clientOf, tables, clock, answers }: World,
  process: Process,
  { kind, account: from, to, amount }: Command,
  commandId: string,
): Promise<Answer> => {
  const commands = commandHandler(dynamoEventStore(clientOf(process), tables.events), clock);
  const accountIds = [from, ...(kind === 'transfer' ? [to] : [])].map((account) => accountId(name, account));
  const [id = '', target = ''] = accountIds;
  const tell = (answer: Answered['answer']) => (): 'done' => {
    answers.push({ commandId, accountIds, answer });
    return 'done';
  };
  try {
    await commands.executeAll(account, accountIds, commandContext(commandId), (states) => {
      const state = states.get(id) ?? account.initial;
      switch (kind) {
        case 'transfer':
          return new Map([
            [id, withdraw(state, amount)],
            [target, [...open(states.get(target) ?? account.initial, 'Grace'), ...deposit(amount)]],
          ]);
        case 'withdraw':
          return new Map([[id, withdraw(state, amount)]]);
        default:
          return new Map([[id, [...open(state, 'Ada'), ...deposit(amount)]]]);
      }
    });
    return tell('accepted');
  } catch (error) {
    if (error instanceof BusinessError) return tell('refused');
    throw error;
  }
};

/** Somebody else's producer writes under a key of ours, once or, when it gets no answer, again. */
const poison = async (world: World, process: Process, { account: name }: Command): Promise<Answer> => {
  await process.call('publish poison', async () => {
    world.topic.append(
      [{ key: accountId(world.name, name), value: 'not json' }],
      world.clock.now().getTime(),
    );
  });
  return () => 'done';
};
