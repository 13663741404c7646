import {
  ListExecutionsCommand,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { sagaOf } from '../../../functions/order/saga-executions.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { dynamoClient } from '../../../shared/aws/dynamo-client.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { contextTables } from '../../scenarios/tables.ts';
import type { Mail } from './check-mails.ts';

/** Every event that any context decided, each aggregate's in sequence. */
export const readEvents = async (endpoints: Endpoints): Promise<readonly EventEnvelope[]> => {
  const client = dynamoClient(endpoints.aws);
  const events: EventEnvelope[] = [];
  for (const { events: table } of await contextTables(endpoints))
    for await (const event of dynamoEventStore(client, table).readAll()) events.push(event);
  return events;
};

const Mails = z.object({
  messages: z.record(
    z.string(),
    z.array(z.looseObject({ To: z.array(z.string()), Subject: z.string(), Timestamp: z.number() })),
  ),
});

/** Every mail that SES took. */
export const readMails = async ({ aws }: Endpoints): Promise<readonly Mail[]> => {
  const { messages } = Mails.parse(await (await fetch(`${aws}/_ministack/ses/messages`)).json());
  return Object.values(messages)
    .flat()
    .flatMap(({ To, Subject, Timestamp }) =>
      To.map((to) => ({ to, subject: Subject, at: Timestamp * 1_000 })),
    );
};

const sfn = ({ aws, region }: Endpoints): SFNClient =>
  new SFNClient({ endpoint: aws, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

const machinesOf = async (client: SFNClient): Promise<readonly string[]> => {
  const arns: string[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    arns.push(...stateMachines.flatMap(({ stateMachineArn }) => stateMachineArn ?? []));
  return arns;
};

/** Order → how its newest saga stands, in Step Functions' words. */
export const readSagas = async (endpoints: Endpoints): Promise<ReadonlyMap<string, string>> => {
  const client = sfn(endpoints);
  const newest = new Map<string, { readonly at: number; readonly status: string }>();
  for (const stateMachineArn of await machinesOf(client))
    for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn }))
      for (const { name = '', status = '', startDate } of executions) {
        const orderId = sagaOf(name);
        const at = startDate?.getTime() ?? 0;
        if (at >= (newest.get(orderId)?.at ?? 0)) newest.set(orderId, { at, status });
      }
  return new Map([...newest].map(([orderId, { status }]) => [orderId, status]));
};

/** How many sagas are under way. */
export const runningSagas = async (endpoints: Endpoints): Promise<number> => {
  const client = sfn(endpoints);
  let running = 0;
  for (const stateMachineArn of await machinesOf(client)) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1_000 }),
    );
    running += executions.length;
  }
  return running;
};
