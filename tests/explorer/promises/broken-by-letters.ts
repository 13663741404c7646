import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { pageKey } from '../../../shared/consume/dynamo-ledger.ts';
import { offsetsIn, type LedgerPage } from '../../../shared/consume/ledger.ts';
import type { Stage } from './broken-promises.ts';
import { consumerName, type AccountFindings, type Findings } from './findings.ts';
import type { World } from '../world/world.ts';

/** Causes that lie in the record, or in what stands before it. */
const OWN_CAUSES = new Set(['bug', 'not-json']);
const FOLLOWING = new Set(['behind', 'missing-predecessor']);
/** A process died, or was not answered, with an effect's lease in hand; nobody else may begin before the lease ends. */
const LEASED = 'IdempotencyAlreadyInProgressError';

/** Promises 4 and 5: nobody is parked without cause, and the ledger adds up. */
export const brokenByLetters = async (
  world: World,
  { accounts }: Findings,
  stage: Stage,
): Promise<string[]> => {
  const disturbed = world.schedule.steps.some(
    ({ actor, act }) =>
      actor.startsWith('consumer') && (act === 'refuse' || act === 'lose' || act === 'half'),
  );
  return [
    ...accounts.flatMap((account) => brokenCauses(account, disturbed)),
    ...(stage === 'redriven'
      ? accounts.flatMap(({ id, letters }) =>
          letters.some(({ status }) => status === 'parked')
            ? [`5: ${id} still has letters after the redrive`]
            : [],
        )
      : []),
    ...(
      await Promise.all(world.topic.partitions.map((_, partition) => brokenPage(world, accounts, partition)))
    ).flat(),
  ];
};

const brokenCauses = ({ id, letters }: AccountFindings, disturbed: boolean): string[] =>
  letters.flatMap(({ offset, cause: { code, message } }) => {
    if (OWN_CAUSES.has(code) || code === LEASED) return [];
    if (FOLLOWING.has(code))
      return letters.some((other) => !FOLLOWING.has(other.cause.code))
        ? []
        : [`4: ${id}: offset ${offset} waits behind nothing (${message})`];
    return disturbed ? [] : [`4: ${id}: offset ${offset} was parked for "${message}", though no call failed`];
  });

const brokenPage = async (
  world: World,
  accounts: readonly AccountFindings[],
  partition: number,
): Promise<string[]> => {
  const log = world.topic.partitions[partition] ?? [];
  if (log.length === 0) return [];
  const Key = marshall({ consumer: consumerName(world), page: pageKey(world.topic.name, partition) });
  const { Item } = await world.client.send(
    new GetItemCommand({ TableName: world.tables.ledger, Key, ConsistentRead: true }),
  );
  // Only the ledger writes it.
  const page = Item && (unmarshall(Item) as LedgerPage);
  if (!page) return [`5: the ledger has no page of partition ${partition}`];
  const { from, next, applied, duplicate, notForMe, parked, open, gaps } = page;
  const letters = accounts
    .filter((account) => account.partition === partition)
    .flatMap((account) => account.letters);
  const sum = applied + duplicate + notForMe + parked + offsetsIn(open) + offsetsIn(gaps);
  const told = JSON.stringify({ from, next, applied, duplicate, notForMe, parked, open, gaps });
  return [
    ...(from === 0 && next === log.length && open.length === 0 && gaps.length === 0 && sum === next
      ? []
      : [`5: the ledger of ${log.length} records says ${told}`]),
    // A copy of what had ended before parks behind a held key as well: it has a letter, and was counted already.
    ...(parked <= letters.length ? [] : [`5: ${letters.length} letters, and the ledger says ${told}`]),
  ];
};
