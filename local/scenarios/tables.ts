import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Endpoints } from '../mesh/endpoints.ts';

/** Context → its event table, and the table of its views where it has one: what the deployed functions are given. */
export interface ContextTables {
  readonly context: string;
  readonly events: string;
  readonly views: string | undefined;
}

/** Reads from the deployed functions which tables each context has. */
export const contextTables = async ({ aws, region, stage }: Endpoints): Promise<readonly ContextTables[]> => {
  const client = new LambdaClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Functions = [] } = await client.send(new ListFunctionsCommand({ MaxItems: 1_000 }));
  const found = new Map<string, { events?: string; views?: string }>();
  for (const { FunctionName = '' } of Functions) {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const { EVENTS_TABLE, VIEWS_TABLE } = Environment?.Variables ?? {};
    const context = FunctionName.replace(`event-mesh-${stage}-`, '').split('-')[0] ?? '';
    found.set(context, {
      ...found.get(context),
      ...(EVENTS_TABLE && { events: EVENTS_TABLE }),
      ...(VIEWS_TABLE && { views: VIEWS_TABLE }),
    });
  }
  return [...found].flatMap(([context, { events, views }]) => (events ? [{ context, events, views }] : []));
};
