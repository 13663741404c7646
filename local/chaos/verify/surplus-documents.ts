import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { dynamoClient } from '../../../shared/aws/dynamo-client.ts';
import type { Projection } from '../../../shared/project/projection.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { contextTables } from '../../scenarios/tables.ts';

/** How dynamoProjectionStore names a document. */
const nameOf = (view: string, group: string, item: string): string =>
  JSON.stringify([`${view}#${group}`, item]);

/** The names of all documents that events call for. */
const expectedDocuments = (
  projections: readonly Projection<unknown>[],
  events: readonly EventEnvelope[],
): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const projection of projections)
    for (const event of events) {
      if (!projection.listens.some((definition) => definition.is(event))) continue;
      const { group, item } = projection.keyOf(event);
      names.add(nameOf(projection.name, group, item));
    }
  return names;
};

/**
 * Documents that no event calls for: what an injected record has left behind. A rebuild alone would not meet them.
 * @param events of all contexts
 * @returns each of them, named
 */
export const surplusDocuments = async (
  endpoints: Endpoints,
  projections: readonly Projection<unknown>[],
  events: readonly EventEnvelope[],
): Promise<readonly string[]> => {
  const expected = expectedDocuments(projections, events);
  const client = dynamoClient(endpoints.aws);
  const surplus: string[] = [];
  for (const { views } of await contextTables(endpoints)) {
    if (views === undefined) continue;
    const pages = paginateScan({ client }, { TableName: views, ProjectionExpression: 'groupKey, itemKey' });
    for await (const { Items = [] } of pages)
      for (const { groupKey, itemKey } of Items) {
        const name = JSON.stringify([groupKey?.S, itemKey?.S]);
        if (!expected.has(name)) surplus.push(`${name} in ${views}: no event calls for it`);
      }
  }
  return surplus;
};
