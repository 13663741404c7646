import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, MSKEvent } from 'aws-lambda';
import { consume, type KafkaBatchResponse } from '../../../shared/consume/consume.ts';
import type { Consumer } from '../../../shared/consume/consumer.ts';
import { dynamoDeadLetters } from '../../../shared/consume/dynamo-dead-letters.ts';
import { dynamoLedger } from '../../../shared/consume/dynamo-ledger.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import type { RedriveAnswer, RedriveRequest } from '../../../shared/consume/redrive.ts';
import { commandHandler } from '../../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import { dynamoOnce } from '../../../shared/once/once.ts';
import { dynamoProjectionStore } from '../../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { club, clubId, journals, reward, rewards, statements, type Bug } from './accounts.ts';
import type { Mailer } from '../world/mailer.ts';
import { naiveConsumer } from './naive-consumer.ts';
import type { Process } from '../world/process.ts';
import type { Subject } from '../schedule.ts';
import type { Tables } from '../world/tables.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';

const KEPT_FOR_DAYS = 30;

/** What a consumer in a process stands on. */
export interface Surroundings {
  readonly name: string;
  readonly tables: Tables;
  readonly clock: VirtualClock;
  readonly bug: Bug;
  readonly mailer: Mailer;
}

/** A consumer function as Lambda calls it. */
export interface ConsumerFunction {
  (event: MSKEvent, context: Context): Promise<KafkaBatchResponse>;
  readonly redrive: (request: RedriveRequest, context: Context) => Promise<RedriveAnswer>;
}

/** The consumer under exploration, new in a process: whatever it remembers goes with the process. */
export const consumerIn = (
  subject: Subject,
  process: Process,
  client: DynamoDBClient,
  on: Surroundings,
): ConsumerFunction => {
  if (subject === 'naive')
    return Object.assign(naiveConsumer(client, on.tables), {
      redrive: () => Promise.reject(new Error('the naive consumer has no redrive')),
    });
  const once = dynamoOnce(client, on.tables.idempotency, KEPT_FOR_DAYS);
  const handler = consume(consumerOf(subject, process, client, on, once), {
    deadLetters: dynamoDeadLetters(client, on.tables.deadLetters, on.clock),
    ledger: dynamoLedger(client, on.tables.ledger, on.clock),
    begin: once.forInvocation,
    clock: {
      now: () => on.clock.now().getTime(),
      wait: waiting(process, on.clock),
      random: () => 0.5,
    },
  });
  return Object.assign((event: MSKEvent, context: Context) => handler(event, context), {
    redrive: (request: RedriveRequest, context: Context) => handler(request, context),
  });
};

/** Time that a process waits is time that passes for all; two that wait at once wait for the same minute. */
const waiting =
  (process: Process, clock: VirtualClock) =>
  (milliseconds: number): Promise<void> => {
    const due = clock.now().getTime() + milliseconds;
    return process.call('wait', async () => clock.pass(Math.max(0, due - clock.now().getTime())), {
      certain: true,
    });
  };

const consumerOf = (
  subject: Exclude<Subject, 'naive'>,
  process: Process,
  client: DynamoDBClient,
  { name, tables, clock, bug, mailer }: Surroundings,
  once: ReturnType<typeof dynamoOnce>,
): Consumer => {
  switch (subject) {
    case 'statement':
      return projecting(statements(name, bug), dynamoProjectionStore(client, tables.views));
    case 'journal':
      return projecting(journals(name, bug), dynamoProjectionStore(client, tables.views));
    case 'rewards': {
      const commands = commandHandler(dynamoEventStore(client, tables.events), clock);
      return reacting(rewards(name, bug), async (due, context) => {
        const attempt = mailer.attempt(context.commandId, process);
        try {
          await once.run(context.commandId, due.accountId, async () => {
            await process.call('mail', async () => mailer.send(context.commandId, attempt));
            return 'sent';
          });
          attempt.over = 'kept';
        } catch (error) {
          attempt.over = 'failed';
          throw error;
        }
        return commands.execute(club, clubId(name), context, () => reward(due));
      });
    }
  }
};
