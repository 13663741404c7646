import { fold } from '../../../shared/decide/aggregate.ts';
import type { History } from '../../../shared/decide/event-store.ts';
import { eventsOfItem } from '../../../shared/decide/dynamo-event-store.ts';
import { account } from '../../../shared/testing/account.ts';
import type { Findings } from './findings.ts';
import type { World } from '../world/world.ts';
import { commandIdOf } from '../world/writing.ts';

/** Promise 1: appended on the expected sequence, whole or not at all, once for each command, and all in the outbox. */
export const brokenByWriters = (world: World, { accounts, club }: Findings): string[] => {
  const histories = [...accounts, { id: 'club', history: club }];
  const stored = histories.flatMap(({ history }) => history.flatMap(({ events }) => events));
  const streamed = world.outbox.flatMap(eventsOfItem);
  return [
    ...histories.flatMap(({ id, history }) => brokenHistory(id, history)),
    ...accounts.flatMap(({ id, events }) =>
      events.some((_, i) => fold(account, events.slice(0, i + 1)).balance < 0)
        ? [`1: ${id} is overdrawn`]
        : [],
    ),
    ...(stored.length === streamed.length
      ? []
      : [`1: ${stored.length} events stored, ${streamed.length} in the outbox`]),
    ...brokenAnswers(world, accounts),
  ];
};

const brokenHistory = (id: string, history: History): string[] => {
  const sequences = history.flatMap(({ events }) => events.map(({ sequence }) => sequence));
  const commands = history.map(({ commandId }) => commandId);
  return [
    ...(sequences.every((sequence, i) => sequence === i + 1)
      ? []
      : [`1: ${id} has sequences ${sequences.join(' ')}`]),
    ...(new Set(commands).size === commands.length ? [] : [`3: ${id} has a command's events twice`]),
  ];
};

const brokenAnswers = (world: World, accounts: Findings['accounts']): string[] => {
  const broken: string[] = [];
  world.schedule.commands.forEach(({ kind }, index) => {
    if (kind === 'poison') return;
    const commandId = commandIdOf(world.name, index);
    const [answer, ...more] = world.answers.filter((given) => given.commandId === commandId);
    if (!answer || more.length > 0) {
      broken.push(`1: command ${index + 1} was answered ${more.length + (answer ? 1 : 0)} times`);
      return;
    }
    const holders = accounts
      .filter(({ history }) => history.some((commit) => commit.commandId === commandId))
      .map(({ id }) => id);
    const expected = answer.answer === 'accepted' ? answer.accountIds : [];
    if ([...holders].sort().join() !== [...expected].sort().join())
      broken.push(
        `1: command ${index + 1} was ${answer.answer}, and its events are in ${holders.join() || 'nothing'}`,
      );
  });
  return broken;
};
