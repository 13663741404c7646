import { z } from 'zod';
import { httpApi, noBody, type HttpHandler } from '../../../shared/http/api.ts';
import type { Json, Once } from '../../../shared/once/once.ts';
import type { AskConsumer } from './ask-consumer.ts';
import { listAudit } from './audit-trail.ts';
import { dryRun } from './dry-run.ts';
import { listJobs } from './job-store.ts';
import { filterFields, letterFilter } from './letter-filter.ts';
import { groupLetters } from './group-letters.ts';
import type { LetterTable } from './letter-table.ts';
import { lineOf, showLetter } from './letter-view.ts';
import { approveCorrection, discardLetter, proposeCorrection } from './operator-actions.ts';
import { listLetters } from './read-letters.ts';
import { cancelRedrive, knownJob, requestRedrive, resumeRedrive, type StartWorker } from './redrive-desk.ts';
import { isOneSelection, selectionFields, viewOf } from './redrive-job.ts';

export interface DeskMeans {
  readonly table: LetterTable;
  readonly ask: AskConsumer;
  readonly startWorker: StartWorker;
  /** Remembers the answers of commands. */
  readonly once: Once;
}

const MAX_RATE = 1_000;
const DEFAULT_RATE = 100;
const ONE_SELECTION = { path: ['letter'], error: 'say one of letter, filter or all' };

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  after: z.string().min(1).max(8_000).optional(),
};
const reason = z.string().trim().min(1, 'must say why').max(1_000);

const listQuery = z
  .strictObject({ ...filterFields, ...page })
  .transform(({ limit, after, ...filter }) => ({ filter, limit, after }));
const dryRunQuery = z
  .strictObject({
    ...filterFields,
    ...page,
    letter: selectionFields.letter,
    all: z.literal('true').optional(),
  })
  .transform(({ limit, after, letter, all, ...filter }) => ({
    selection: {
      ...(letter !== undefined && { letter }),
      ...(all && { all: true as const }),
      ...(Object.keys(filter).length > 0 && { filter }),
    },
    limit,
    after,
  }))
  .refine(({ selection }) => isOneSelection(selection), ONE_SELECTION);
const redriveBody = z
  .strictObject({
    ...selectionFields,
    /** Letters a second. */
    rate: z.int().min(1).max(MAX_RATE).default(DEFAULT_RATE),
    reason,
  })
  .refine(isOneSelection, ONE_SELECTION);
/** A text is taken as it is, byte for byte; anything else is written as JSON. */
const correctionBody = z.strictObject({ value: z.json(), reason });
const approvalBody = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
});

/** What the desk answers is plain data: as JSON it is what it is, without what is undefined. */
const json = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/**
 * The dead-letter desk as an HTTP API. Reading changes nothing; every command is entered in the audit trail under
 * the `sub` of the caller's token.
 */
export const deskApi = ({ table, ask, startWorker, once }: DeskMeans): HttpHandler => {
  const api = httpApi(once);
  const view = (job: Parameters<typeof viewOf>[0]) => viewOf(job, table.clock.now());

  api.query('/ops/dead-letters', listQuery, async ({ query: { filter, ...where } }) => {
    const { letters, next } = await listLetters(table, filter, where);
    return { letters: letters.map(lineOf), ...(next !== undefined && { next }) };
  });
  api.query('/ops/dead-letters/groups', letterFilter, ({ query }) => groupLetters(table, query));
  api.query('/ops/dead-letters/dry-run', dryRunQuery, ({ query: { selection, ...where } }) =>
    dryRun(table, ask, selection, where),
  );
  api.query('/ops/dead-letters/letters/:letterId', noBody, ({ params: { letterId = '' } }) =>
    showLetter(table, letterId),
  );
  api.command(
    'post',
    '/ops/dead-letters/letters/:letterId/corrections',
    correctionBody,
    async ({ params: { letterId = '' }, body, context }) => {
      const text = typeof body.value === 'string' ? body.value : JSON.stringify(body.value);
      const value = Buffer.from(text).toString('base64');
      return json(
        await proposeCorrection(table, letterId, { value, reason: body.reason }, operator(context)),
      );
    },
  );
  api.command(
    'post',
    '/ops/dead-letters/letters/:letterId/approvals',
    approvalBody,
    async ({ params: { letterId = '' }, body: { sha256 }, context }) =>
      json(await approveCorrection(table, letterId, sha256, operator(context))),
  );
  api.command(
    'post',
    '/ops/dead-letters/letters/:letterId/discards',
    z.strictObject({ reason }),
    async ({ params: { letterId = '' }, body, context }) =>
      json(await discardLetter(table, letterId, body.reason, operator(context))),
  );

  api.command(
    'post',
    '/ops/dead-letters/redrives',
    redriveBody,
    async ({ body: { rate, reason: why, ...selection }, context }) =>
      json(
        view(await requestRedrive(table, startWorker, { selection, rate, reason: why }, operator(context))),
      ),
  );
  api.query('/ops/dead-letters/redrives', noBody, async () => ({
    redrives: (await listJobs(table)).map(view),
  }));
  api.query('/ops/dead-letters/redrives/:jobId', noBody, async ({ params: { jobId = '' } }) =>
    view(await knownJob(table, jobId)),
  );
  api.command(
    'post',
    '/ops/dead-letters/redrives/:jobId/cancel',
    noBody,
    async ({ params: { jobId = '' }, context }) =>
      json(view(await cancelRedrive(table, startWorker, jobId, operator(context)))),
  );
  api.command(
    'post',
    '/ops/dead-letters/redrives/:jobId/resume',
    noBody,
    async ({ params: { jobId = '' }, context }) =>
      json(view(await resumeRedrive(table, startWorker, jobId, operator(context)))),
  );

  api.query('/ops/audit', z.strictObject(page), ({ query }) => listAudit(table, query));
  return api.handler;
};

const operator = ({
  userId = '',
  commandId,
}: {
  readonly userId?: string | undefined;
  readonly commandId: string;
}) => ({
  userId,
  commandId,
});
