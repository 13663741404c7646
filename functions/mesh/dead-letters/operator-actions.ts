import {
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { correctionPosition } from '../../../shared/consume/reopen-letter.ts';
import { BusinessError, TransientError } from '../../../shared/errors/mesh-error.ts';
import { uuidFrom } from '../../../shared/define/clock.ts';
import { auditPut, type AuditedAction } from './audit-trail.ts';
import { checkCorrection, sha256Of } from './corrected-value.ts';
import { liftHold, liftMarker, notLeased } from './key-holds.ts';
import { isRedrivable, type Correction, type HistoryEntry, type Letter, type WholeLetter } from './letter.ts';
import { STATUS, updateOf, type Change, type LetterTable } from './letter-table.ts';
import { expireBehind, HISTORY, historyValues, settling } from './mark-letters.ts';
import { findLetter, queueOf } from './read-letters.ts';

/** Who acts, and the name of this one act: the same again is the same act. */
export interface Operator {
  readonly userId: string;
  readonly commandId: string;
}

/** @throws BusinessError `unknown-letter` */
export const knownLetter = async (table: LetterTable, letterId: string): Promise<WholeLetter> => {
  const letter = await findLetter(table, letterId);
  if (!letter)
    throw new BusinessError('unknown-letter', `nothing is known of a letter ${letterId}`, 'not-found');
  return letter;
};

/** @throws BusinessError `letter-settled` saying what became of it */
const refuseSettled = ({ letterId, status, history }: Letter): void => {
  if (status === 'parked' || status === 'refused') return;
  const last = history?.at(-1);
  const how = last ? ` at ${last.at} by ${last.by}` : '';
  throw new BusinessError('letter-settled', `${letterId} was ${status}${how}: there is nothing left to do`);
};

/** @throws BusinessError for a letter that no redrive takes */
export const refuseUnredrivable = (letter: Letter): void => {
  refuseSettled(letter);
  if (isRedrivable(letter)) return;
  throw letter.status === 'refused'
    ? new BusinessError(
        'refused-letter',
        'a rule of the business refused it, which is final: discard it when seen',
      )
    : new BusinessError(
        'not-a-consumer',
        `${letter.consumer} is no consumer of topics: nothing redrives its letters`,
      );
};

const auditIdOf = (action: AuditedAction, { commandId }: Operator): string =>
  uuidFrom(`${commandId}/${action}`);

/** Changes a letter and enters it in the audit trail, unless a redrive has the letter's key right now. */
const act = async (
  table: LetterTable,
  letter: Letter,
  change: Change,
  entry: HistoryEntry & { readonly auditId: string },
  action: AuditedAction,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  const { auditId, at, by, reason } = entry;
  const audit = {
    auditId,
    at,
    by,
    action,
    target: letter.letterId,
    ...(reason !== undefined && { reason }),
    details: { ...details, consumer: letter.consumer, cause: letter.cause.code },
  };
  try {
    await table.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Update: updateOf(table, letter, change) },
          notLeased(table, letter.consumerKey),
          auditPut(table, audit),
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [changed, leased] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
    if (leased === 'ConditionalCheckFailed')
      throw new BusinessError(
        'being-redriven',
        'a redrive is at work on its key: cancel it, or wait for its end',
      );
    if (changed === 'ConditionalCheckFailed')
      throw new BusinessError('letter-changed', 'somebody else has just acted on it: look at it again');
    throw new TransientError('action-not-taken', 'the table did not take it', { cause: error });
  }
};

/** What discarding a letter did to its key. */
export interface Discarded {
  readonly letterId: string;
  /** The letter that is the first of its key now; null when none is parked. */
  readonly head: string | null;
  /** Whether the key's new records run again. */
  readonly released: boolean;
}

/** Settles a letter without running it. The next of its key moves up; when none is left the key is free. */
export const discardLetter = async (
  table: LetterTable,
  letterId: string,
  reason: string,
  operator: Operator,
): Promise<Discarded> => {
  const letter = await knownLetter(table, letterId);
  const auditId = auditIdOf('letter-discarded', operator);
  // A repetition of what broke off behind the first write goes on from there.
  if (!letter.history?.some((entry) => entry.auditId === auditId)) {
    refuseSettled(letter);
    const at = table.clock.now().toISOString();
    const entry = { at, by: operator.userId, action: 'discarded', reason, auditId } as const;
    await act(table, letter, settling(table, letter, 'discarded', entry), entry, 'letter-discarded');
  }
  await expireBehind(table, letter);
  const holdsNothing = letter.key === null;
  const released = holdsNothing || (await liftHold(table, letter.consumerKey));
  if (released && !holdsNothing) await liftMarker(table, letter.consumer);
  const queue = holdsNothing ? [] : await queueOf(table, letter.consumerKey);
  const head = queue.find(({ key }) => key !== null);
  return { letterId, head: head?.letterId ?? null, released };
};

/**
 * Proposes a value to be used in the place of a letter's own. The original stays as it is; nothing is used before
 * another person has approved it. A second proposal takes the place of the first.
 * @param value base64
 */
export const proposeCorrection = async (
  table: LetterTable,
  letterId: string,
  { value, reason }: { readonly value: string; readonly reason: string },
  operator: Operator,
): Promise<Correction> => {
  const letter = await knownLetter(table, letterId);
  refuseUnredrivable(letter);
  checkCorrection(letter, value);
  const at = table.clock.now().toISOString();
  const correction: Correction = {
    sha256: sha256Of(value),
    originalSha256: sha256Of(letter.value),
    by: operator.userId,
    at,
    reason,
  };
  const { sha256, originalSha256 } = correction;
  // Before the letter that names it, so that a correction that is named is there.
  await table.client.send(
    new PutItemCommand({
      TableName: table.tableName,
      Item: marshall({
        consumerKey: letter.consumerKey,
        position: correctionPosition(letter, sha256),
        correctedValue: value,
      }),
    }),
  );
  const auditId = auditIdOf('correction-proposed', operator);
  const entry = {
    at,
    by: operator.userId,
    action: 'corrected',
    reason,
    sha256,
    originalSha256,
    auditId,
  } as const;
  await act(
    table,
    letter,
    {
      update: `SET correction = :correction, ${HISTORY}`,
      condition: '#status = :parked',
      names: STATUS,
      values: { ':parked': 'parked', ':correction': correction, ...historyValues(entry) },
    },
    entry,
    'correction-proposed',
    { sha256, originalSha256 },
  );
  return correction;
};

/**
 * Approves the correction that the caller has looked at.
 * @param sha256 of the corrected value
 * @throws BusinessError `same-person` for whoever proposed it, `no-such-correction`
 */
export const approveCorrection = async (
  table: LetterTable,
  letterId: string,
  sha256: string,
  operator: Operator,
): Promise<Correction> => {
  const letter = await knownLetter(table, letterId);
  refuseUnredrivable(letter);
  const { correction } = letter;
  if (correction?.sha256 !== sha256) {
    throw new BusinessError(
      'no-such-correction',
      correction
        ? `what is proposed now is ${correction.sha256}: look at it again`
        : 'no correction is proposed',
    );
  }
  if (correction.by === operator.userId)
    throw new BusinessError('same-person', 'you proposed it: somebody else has to approve it');
  if (correction.approvedBy !== undefined)
    throw new BusinessError(
      'approved-already',
      `${correction.approvedBy} approved it at ${correction.approvedAt ?? ''}`,
    );
  const at = table.clock.now().toISOString();
  const approved: Correction = { ...correction, approvedBy: operator.userId, approvedAt: at };
  const auditId = auditIdOf('correction-approved', operator);
  const entry = { at, by: operator.userId, action: 'approved', sha256, auditId } as const;
  await act(
    table,
    letter,
    {
      update: `SET correction = :approved, ${HISTORY}`,
      condition: '#status = :parked AND correction = :seen',
      names: STATUS,
      values: { ':parked': 'parked', ':approved': approved, ':seen': correction, ...historyValues(entry) },
    },
    entry,
    'correction-approved',
    { sha256, proposedBy: correction.by },
  );
  return approved;
};
