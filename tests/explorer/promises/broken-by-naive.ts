import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Deposited, Withdrawn } from '../../../shared/testing/account.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { Findings } from './findings.ts';
import type { World } from '../world/world.ts';

const amountsOf = (events: readonly EventEnvelope[]): number[] =>
  events.flatMap((event) =>
    Deposited.is(event) ? [event.payload.amount] : Withdrawn.is(event) ? [-event.payload.amount] : [],
  );

/** Promise 3, as the naive consumer keeps it: every movement once. */
export const brokenByNaive = async (world: World, { accounts }: Findings): Promise<string[]> => {
  const broken = await Promise.all(
    accounts.map(async ({ id, events }) => {
      const Key = marshall({ groupKey: 'naive', itemKey: id });
      const { Item } = await world.client.send(
        new GetItemCommand({ TableName: world.tables.views, Key, ConsistentRead: true }),
      );
      const found: unknown = (Item && unmarshall(Item)['movements']) ?? [];
      const expected = JSON.stringify(amountsOf(events));
      return JSON.stringify(found) === expected
        ? []
        : [`3: ${id} has movements ${expected}, and its document says ${JSON.stringify(found)}`];
    }),
  );
  return broken.flat();
};
