import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import type { AskConsumer } from '../../../functions/mesh/dead-letters/ask-consumer.ts';
import type { LetterTable } from '../../../functions/mesh/dead-letters/letter-table.ts';
import type { JobMeans } from '../../../functions/mesh/dead-letters/run-job.ts';
import { consume } from '../../../shared/consume/consume.ts';
import {
  failed,
  held,
  type Consumer,
  type Delivery,
  type Verdict,
} from '../../../shared/consume/consumer.ts';
import { dynamoDeadLetters } from '../../../shared/consume/dynamo-dead-letters.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { systemClock, type Clock } from '../../../shared/define/clock.ts';
import { BusinessError, PermanentError } from '../../../shared/errors/mesh-error.ts';
import { dynamoProjectionStore, refusalOf } from '../../../shared/project/dynamo-projection-store.ts';
import type { Projection } from '../../../shared/project/projection.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { rehearsedProjectionStore } from '../../../shared/rehearse/rehearsed-projection-store.ts';
import { accounts, statementOfAccount } from '../../../shared/testing/account.ts';
import { createTable } from '../../../shared/testing/create-table.ts';
import { lambdaContext } from '../../../shared/testing/lambda-context.ts';
import { memoryLedger } from '../../../shared/testing/memory-ledger.ts';
import { mskEvent, mskRecord, type RecordDraft } from '../../../shared/testing/msk-event.ts';
import { createLetterTable } from './create-letter-table.ts';

/** What stands in the way of an event: nothing, a bug, or a rule of the business. */
export type Obstacle = 'bug' | 'rule' | undefined;

const trip = (obstacle: Obstacle): Verdict | undefined => {
  if (obstacle === 'bug') return failed(new PermanentError('a-bug', 'the code cannot take this event'));
  if (obstacle === 'rule') return { kind: 'refused', error: new BusinessError('a-rule', 'it may not be') };
  return undefined;
};

/** A consumer with obstacles in front of it: a bug stops a key there, a rule passes the event over. */
const obstructed = (inner: Consumer, obstacleOf: (event: EventEnvelope) => Obstacle): Consumer => ({
  ...inner,
  process: async (deliveries) => {
    const stopped = new Set<string>();
    const tripped = new Map<Delivery, Verdict>();
    for (const delivery of deliveries) {
      const verdict = stopped.has(delivery.key) ? held : trip(obstacleOf(delivery.event));
      if (verdict?.kind === 'failed') stopped.add(delivery.key);
      if (verdict) tripped.set(delivery, verdict);
    }
    const free = deliveries.filter((delivery) => !tripped.has(delivery));
    const verdicts = free.length > 0 ? await inner.process(free) : [];
    const byDelivery = new Map(free.map((delivery, i) => [delivery, verdicts[i]]));
    return deliveries.map((delivery) => tripped.get(delivery) ?? byDelivery.get(delivery) ?? held);
  },
});

const FUNCTION = 'test-project-statement';
export const CONSUMER = statementOfAccount.name;
export const TOPIC = accounts.topic;

const context: Context = { ...lambdaContext(), functionName: FUNCTION };

/** A real consumer on real tables, with the desk's redrive beside it; Lambda alone is left out. */
export interface DeskWorld {
  readonly table: LetterTable;
  /** What stands in the way; a test mends it by putting another in its place. */
  obstacleOf: (event: EventEnvelope) => Obstacle;
  /** Delivers a batch as Lambda does. */
  deliver(drafts: readonly RecordDraft[]): Promise<void>;
  readonly ask: AskConsumer;
  readonly means: JobMeans;
  /** A document of the consumer's view. */
  document(group: string, item?: string): Promise<unknown>;
}

export const recordsOf = (events: readonly EventEnvelope[], fromOffset: number): RecordDraft[] =>
  events.map((event, i) => mskRecord(accounts, event, { offset: fromOffset + i }));

interface WorldOptions {
  /** What the desk's side uses, when that is to be disturbed. */
  readonly deskClient?: DynamoDBClient;
  readonly clock?: Clock;
  readonly projection?: Projection<never> | Projection<unknown>;
}

export const deskWorld = async (
  client: DynamoDBClient,
  { deskClient = client, clock = systemClock, projection = statementOfAccount }: WorldOptions = {},
): Promise<DeskWorld> => {
  const [letters, views] = await Promise.all([
    createLetterTable(client),
    createTable(client, 'groupKey', 'itemKey'),
  ]);
  const store = dynamoProjectionStore(client, views);
  const rehearsed = rehearsedProjectionStore(store, refusalOf);
  const handler = consume(
    obstructed(projecting(projection, rehearsed), (event) => world.obstacleOf(event)),
    { deadLetters: dynamoDeadLetters(client, letters), ledger: memoryLedger() },
  );
  const table: LetterTable = { client: deskClient, tableName: letters, clock };
  const ask: AskConsumer = async (_, request) => (await handler(request, context)).outcomes;
  const world: DeskWorld = {
    table,
    obstacleOf: () => undefined,
    deliver: async (drafts) => {
      const { batchItemFailures } = await handler(mskEvent(drafts), context);
      if (batchItemFailures.length > 0) throw new Error('the consumer reported records');
    },
    ask,
    means: {
      table,
      ask,
      timing: {
        now: () => clock.now().getTime(),
        wait: async () => undefined,
        remaining: () => 300_000,
      },
    },
    document: async (group, item = group) => {
      const [found] = await store.read(projection.name, [{ group, item }]);
      return found?.doc;
    },
  };
  return world;
};
