import { commandHandler, type CommandHandler } from '../decide/command-handler.ts';
import { dynamoEventStore } from '../decide/dynamo-event-store.ts';
import { processStateMemory } from '../decide/state-memory.ts';
import { systemClock } from '../define/clock.ts';
import { rehearsedEventStore } from '../rehearse/rehearsed-event-store.ts';
import { rehearsedStateMemory } from '../rehearse/rehearsed-state-memory.ts';
import { client, setting } from './resources.ts';

/**
 * Like `commands()`, for aggregates with long histories that many commands go to: a command reads and folds only
 * what came since the one before it in this process (`uses: events:append`).
 */
export const rememberingCommands = (): CommandHandler =>
  commandHandler(
    rehearsedEventStore(dynamoEventStore(client(), setting('EVENTS_TABLE'))),
    systemClock,
    rehearsedStateMemory(processStateMemory()),
  );
