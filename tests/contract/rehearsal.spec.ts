import { ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { consume } from '../../shared/consume/consume.ts';
import { on, policy, reacting } from '../../shared/consume/policy.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoOnce } from '../../shared/once/once.ts';
import { dynamoProjectionStore, refusalOf } from '../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { guarded } from '../../shared/rehearse/guard.ts';
import { outside } from '../../shared/rehearse/outside.ts';
import { rehearsedEventStore } from '../../shared/rehearse/rehearsed-event-store.ts';
import { rehearsedOnce } from '../../shared/rehearse/rehearsed-once.ts';
import { rehearsedProjectionStore } from '../../shared/rehearse/rehearsed-projection-store.ts';
import {
  account,
  accountEvents,
  accounts,
  deposit,
  Deposited,
  statementOfAccount,
  withdraw,
  Withdrawn,
} from '../../shared/testing/account.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';
import { memoryDeadLetters } from '../../shared/testing/memory-dead-letters.ts';
import { memoryLedger } from '../../shared/testing/memory-ledger.ts';
import { mskEvent, mskRecord } from '../../shared/testing/msk-event.ts';

describe.each(['dynamodb', 'ministack'] as const)('a rehearsal over the tables of %s', (engine) => {
  let client: DynamoDBClient;
  let tables: { events: string; views: string; once: string };
  let sent: string[];
  beforeEach(async () => {
    client = guarded(dynamoClient(inject('engines')[engine]));
    tables = {
      events: await createTable(client, 'orderingKey', 'commit'),
      views: await createTable(client, 'groupKey', 'itemKey'),
      once: await createTable(client, 'id'),
    };
    sent = [];
  });

  const standing = async (): Promise<string> => {
    const items = await Promise.all(
      Object.values(tables).map(
        async (TableName) => (await client.send(new ScanCommand({ TableName }))).Items,
      ),
    );
    return JSON.stringify([items, sent]);
  };

  const means = () => ({ deadLetters: memoryDeadLetters(), ledger: memoryLedger() });
  const projectionHandler = () =>
    consume(
      projecting(
        statementOfAccount,
        rehearsedProjectionStore(dynamoProjectionStore(client, tables.views), refusalOf),
      ),
      means(),
    );
  const policyHandler = () => {
    const real = dynamoOnce(client, tables.once, 30);
    const once = rehearsedOnce(real);
    const commands = commandHandler(rehearsedEventStore(dynamoEventStore(client, tables.events)));
    const mirror = policy('test.mirror', [
      on(Deposited, ({ payload: { amount } }) => amount),
      on(Withdrawn, ({ payload: { amount } }) => -amount),
    ]);
    return consume(
      reacting(mirror, async (amount, context) => {
        await once.run(context.commandId, amount, () =>
          outside({ kind: 'mail', target: 'ada', content: amount, instead: 'sent' }, async () => {
            sent.push(String(amount));
            return 'sent';
          }),
        );
        await commands.execute(account, 'shadow', context, (state) =>
          amount > 0 ? deposit(amount) : withdraw(state, -amount),
        );
      }),
      { ...means(), begin: real.forInvocation },
    );
  };

  it.each([
    ['a projection', projectionHandler],
    ['a policy with commands and effects', policyHandler],
  ])('of %s foretells what happens then, and leaves every item as it is', async (_, make) => {
    const handler = make();
    const drafts = ['a1', 'b1'].flatMap((id) =>
      envelopesOf(id, accountEvents([5, -3, 2, -9])).map((event) => mskRecord(accounts, event)),
    );
    const records = Object.values(mskEvent(drafts).records).flat();
    const [first, rest] = [records.slice(0, 3), records.slice(2)];
    await handler({ redrive: 'apply', records: first }, lambdaContext());

    const before = await standing();
    const foretold = await handler({ redrive: 'rehearse', records: rest }, lambdaContext());
    await handler({ redrive: 'audit', records }, lambdaContext());
    expect(await standing()).toBe(before);
    expect(foretold.outcomes.flatMap(({ writes = [] }) => writes).length).toBeGreaterThan(0);

    const done = await handler({ redrive: 'apply', records: rest }, lambdaContext());
    expect(foretold.outcomes.map(({ result }) => result)).toEqual(done.outcomes.map(({ result }) => result));
    expect(await standing()).not.toBe(before);
    const audit = await handler({ redrive: 'audit', records }, lambdaContext());
    const stands = audit.outcomes.filter(({ result }) => result !== 'refused');
    expect(stands.flatMap(({ writes = [] }) => writes)).toEqual([]);
  });
});
