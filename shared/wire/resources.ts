import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Means } from '../consume/consume.ts';
import { dynamoDeadLetters } from '../consume/dynamo-dead-letters.ts';
import { dynamoLedger } from '../consume/dynamo-ledger.ts';
import type { DeadLetters } from '../consume/dead-letters.ts';
import { commandHandler, type CommandHandler } from '../decide/command-handler.ts';
import { dynamoEventStore, dynamoOwnedAggregates } from '../decide/dynamo-event-store.ts';
import type { OwnedAggregates } from '../decide/owned-aggregates.ts';
import { processStateMemory } from '../decide/state-memory.ts';
import { systemClock } from '../define/clock.ts';
import { dynamoClient } from '../aws/dynamo-client.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import { dynamoProjectionStore, refusalOf } from '../project/dynamo-projection-store.ts';
import type { ProjectionStore } from '../project/projection-store.ts';
import { guarded } from '../rehearse/guard.ts';
import { rehearsedEventStore } from '../rehearse/rehearsed-event-store.ts';
import { rehearsedProjectionStore } from '../rehearse/rehearsed-projection-store.ts';
import { rehearsedStateMemory } from '../rehearse/rehearsed-state-memory.ts';

/**
 * A setting from the environment, which `functions.yml` writes (`uses:` sets the table names).
 * @throws PermanentError `no-setting` when it is missing: at cold start, before any message is touched
 */
export const setting = (name: string): string => {
  const value = process.env[name];
  if (value) return value;
  throw new PermanentError(
    'no-setting',
    `the environment lacks ${name}: see this function's "uses" in functions.yml`,
  );
};

let shared: DynamoDBClient | undefined;

/** The one DynamoDB client of a function: its connections serve every table. */
export const client = (): DynamoDBClient => (shared ??= guarded(dynamoClient()));

/**
 * Runs commands against the context's own event table (`uses: events:append`). Of an aggregate with a long history a
 * process reads and folds only what came since the command before.
 */
export const commands = (): CommandHandler =>
  commandHandler(
    rehearsedEventStore(dynamoEventStore(client(), setting('EVENTS_TABLE'))),
    systemClock,
    rehearsedStateMemory(processStateMemory()),
  );

/** What stands in the context's own event table, by owner (`uses: events:append`). */
export const ownedAggregates = (): OwnedAggregates =>
  dynamoOwnedAggregates(client(), setting('EVENTS_TABLE'));

/** The context's own read models (`uses: views:read` or `views:write`). */
export const views = (): ProjectionStore =>
  rehearsedProjectionStore(dynamoProjectionStore(client(), setting('VIEWS_TABLE')), refusalOf);

/** Where the relay parks (`uses: dead-letters`). */
export const deadLetters = (): DeadLetters => dynamoDeadLetters(client(), setting('DEAD_LETTERS_TABLE'));

/** What every consumer stands on: where it parks and where it counts (`uses: consume`). */
export const means = (): Means => ({
  deadLetters: deadLetters(),
  ledger: dynamoLedger(client(), setting('LEDGER_TABLE')),
});
