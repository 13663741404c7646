import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { consumerKeyOf } from '../../../shared/consume/dynamo-dead-letters.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import type { History } from '../../../shared/decide/event-store.ts';
import { envelopeSchema, type EventEnvelope } from '../../../shared/define/envelope.ts';
import { accounts } from '../../../shared/testing/account.ts';
import { base64 } from '../../../shared/testing/msk-event.ts';
import { clubId, clubs } from '../subjects/accounts.ts';
import type { TopicRecord } from '../world/topic.ts';
import type { World } from '../world/world.ts';

const letterSchema = z.object({
  topic: z.string(),
  partition: z.number(),
  offset: z.string().transform(Number),
  status: z.enum(['parked', 'refused', 'redriven', 'discarded']),
  cause: z.object({ code: z.string(), message: z.string() }),
});

/** A dead letter as it stands in the table. */
export type Letter = z.infer<typeof letterSchema>;

/** A place in what a key's consumers are sent: an event, by its first copy, or bytes that are none. */
export interface Place {
  readonly offset: number;
  readonly event: EventEnvelope | undefined;
  /** Where else it was published. */
  readonly copies: readonly number[];
}

/** One account, everywhere it has left a trace. */
export interface AccountFindings {
  readonly id: string;
  readonly history: History;
  readonly events: readonly EventEnvelope[];
  readonly partition: number;
  readonly places: readonly Place[];
  readonly letters: readonly Letter[];
}

export interface Findings {
  readonly accounts: readonly AccountFindings[];
  readonly club: History;
}

/** The consumer's name in a world, under which letters and the ledger know it. */
export const consumerName = ({ name, schedule }: World): string => `${name}.${schedule.subject}`;

/** All that a run has left in tables and topics. */
export const findingsOf = async (world: World): Promise<Findings> => {
  const store = dynamoEventStore(world.client, world.tables.events);
  return {
    accounts: await Promise.all(
      world.accountIds.map(async (id): Promise<AccountFindings> => {
        const history = await store.load(accounts, id);
        const partition = Math.max(
          0,
          world.topic.partitions.findIndex((log) => log.some(({ key }) => key === id)),
        );
        const records = (world.topic.partitions[partition] ?? []).filter(({ key }) => key === id);
        return {
          id,
          history,
          events: history.flatMap(({ events }) => events),
          partition,
          places: placesOf(records),
          letters: await lettersOf(world, id),
        };
      }),
    ),
    club: world.schedule.subject === 'rewards' ? await store.load(clubs, clubId(world.name)) : [],
  };
};

/** What a record says, if it is an event. */
export const eventOf = ({ value }: TopicRecord): EventEnvelope | undefined => {
  try {
    return envelopeSchema.parse(JSON.parse(value));
  } catch {
    // The poison of a foreign producer.
    return undefined;
  }
};

const placesOf = (records: readonly TopicRecord[]): Place[] => {
  const places: Place[] = [];
  const seen = new Map<string, number[]>();
  for (const record of records) {
    const event = eventOf(record);
    const copies = event && seen.get(event.eventId);
    if (copies) copies.push(record.offset);
    else {
      const own = [record.offset];
      if (event) seen.set(event.eventId, own);
      places.push({ offset: record.offset, event, copies: own });
    }
  }
  return places;
};

const lettersOf = async (world: World, id: string): Promise<Letter[]> => {
  if (world.schedule.subject === 'naive') return [];
  const letters: Letter[] = [];
  const pages = paginateQuery(
    { client: world.client },
    {
      TableName: world.tables.deadLetters,
      ConsistentRead: true,
      KeyConditionExpression: 'consumerKey = :key',
      ExpressionAttributeValues: { ':key': { S: consumerKeyOf(consumerName(world), base64(id)) } },
    },
  );
  for await (const { Items = [] } of pages)
    for (const item of Items) if (item['status']) letters.push(letterSchema.parse(unmarshall(item)));
  return letters;
};
