import { ConditionalCheckFailedException, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';
import type { HistoryEntry, Letter } from './letter.ts';
import { expiry, STATUS, updateOf, type Change, type LetterTable } from './letter-table.ts';

/** What a letter's history keeps at most: redrives that fail again and again must not fill the item. */
const MAX_HISTORY = 50;
const PARTS_IN_PARALLEL = 8;

/** Adds to a letter's history, as a part of an update's SET. */
export const HISTORY = 'history = list_append(if_not_exists(history, :none), :entry)';
export const historyValues = (entry: HistoryEntry) => ({ ':none': [], ':entry': [entry] });

/** A settled letter leaves the index and goes after 90 days (C19). */
export const settling = (
  table: LetterTable,
  letter: Letter,
  status: Letter['status'],
  entry: HistoryEntry,
): Change => ({
  update: `SET #status = :status, expiresAt = :expiresAt, ${HISTORY} REMOVE reviewFor`,
  names: STATUS,
  condition: '#status = :before',
  values: {
    ':status': status,
    ':before': letter.status,
    ':expiresAt': expiry(table.clock.now()),
    ...historyValues(entry),
  },
});

/** Who runs a redrive, and as what. */
export interface RedriveActor {
  readonly job: string;
  readonly by: string;
}

/**
 * Enters what became of a letter's redrive, on the condition that it is still parked: whatever somebody else made
 * of it meanwhile stands. Done again after a crash it changes nothing.
 */
export const markRedriven = async (
  table: LetterTable,
  letter: Letter,
  { result, cause }: Pick<RedriveOutcome, 'result' | 'cause'>,
  { job, by }: RedriveActor,
): Promise<void> => {
  if (result === 'held') return;
  const at = table.clock.now().toISOString();
  const told = cause && { cause: { code: cause.code, message: cause.message } };
  const entry: HistoryEntry = {
    at,
    by,
    job,
    result,
    action: result === 'failed' ? 'redrive-failed' : 'redriven',
    ...(letter.correction?.approvedBy !== undefined && { sha256: letter.correction.sha256 }),
    ...told,
  };
  const stays = result === 'failed' || result === 'refused';
  await change(
    table,
    letter,
    stays ? failing(letter, entry, result, cause) : settling(table, letter, 'redriven', entry),
  );
  if (!stays) await expireBehind(table, letter);
};

/** A failed letter stands and says why; a refused one stays for review and holds nothing any more (C14). */
const failing = (
  letter: Letter,
  entry: HistoryEntry,
  result: 'failed' | 'refused',
  cause: RedriveOutcome['cause'],
): Change => {
  const full = (letter.history?.length ?? 0) >= MAX_HISTORY;
  return {
    update: [
      'SET #status = :status, attempts = attempts + :one, lastFailedAt = :at, cause = :cause',
      ...(full ? [] : [`, ${HISTORY}`]),
    ].join(''),
    names: STATUS,
    condition: '#status = :before',
    values: {
      ':status': result === 'failed' ? 'parked' : 'refused',
      ':before': letter.status,
      ':one': 1,
      ':at': entry.at,
      ':cause': cause ?? letter.cause,
      ...(full ? {} : historyValues(entry)),
    },
  };
};

const change = async (table: LetterTable, letter: Letter, what: Change): Promise<void> => {
  try {
    await table.client.send(new UpdateItemCommand(updateOf(table, letter, what)));
  } catch (error) {
    // Not parked any more: another worker entered it, or it was discarded.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** What stands behind a settled letter (the parts of a large one, its corrections) goes when it goes. */
export const expireBehind = async (table: LetterTable, letter: Letter): Promise<void> => {
  if (letter.parts === undefined && letter.correction === undefined) return;
  const { client, tableName, clock } = table;
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'consumerKey = :key AND begins_with(#position, :behind)',
      ProjectionExpression: 'consumerKey, #position',
      ExpressionAttributeNames: { '#position': 'position' },
      ExpressionAttributeValues: marshall({
        ':key': letter.consumerKey,
        ':behind': `${letter.position}|`,
      }),
    },
  );
  const behind: string[] = [];
  for await (const { Items = [] } of pages)
    behind.push(...Items.flatMap((item) => item['position']?.S ?? []));
  await pMap(
    behind,
    (position) =>
      client.send(
        new UpdateItemCommand(
          updateOf(
            table,
            { consumerKey: letter.consumerKey, position },
            { update: 'SET expiresAt = :at', values: { ':at': expiry(clock.now()) } },
          ),
        ),
      ),
    { concurrency: PARTS_IN_PARALLEL },
  );
};
