import { z } from 'zod';

const offset = z.int().min(0);
const count = z.int().min(0);

/** How long a finding's explanation may be, characters. */
export const MAX_WHY = 200;

/**
 * Something an audit found at some offsets. `lost`: counted as ended, and the effect or the letter is not there.
 * `never-read`: on the topic before the first offset that the consumer was ever given. `beyond-end`: counted, and
 * the topic does not have it. `unclear`: today's code cannot say.
 */
const findingSchema = z.strictObject({
  kind: z.enum(['lost', 'never-read', 'beyond-end', 'unclear']),
  /** First and last offset, both included. */
  first: offset,
  last: offset,
  why: z.string().max(MAX_WHY),
});
export type Finding = z.infer<typeof findingSchema>;

/** More than these of a page are only counted. */
export const MAX_FINDINGS = 100;

/** What an audit of one page saw: a consumer's ledger of a topic-partition held against the topic and the effects. */
const pageAuditSchema = z.strictObject({
  consumer: z.string().min(1).max(200),
  topic: z.string().min(1).max(249),
  partition: z.int().min(0),
  /** When the ledger was read; RFC 3339. */
  at: z.iso.datetime(),
  /** The topic's first offset, and the one that its next record gets. */
  earliest: offset,
  end: offset,
  /** Records that the consumer has not been given yet. */
  lag: count,
  /** Records whose consumer was asked whether their effect stands. */
  checked: count,
  /** Of these: parked, refused, corrected or discarded, and accounted for by their letters. */
  setAside: count,
  /** Of these: an effect on the outside too old for its record to be kept. */
  expired: count,
  /** Covered, but past the topic's retention: nobody can ask about them any more. */
  pastRetention: count,
  findingCount: count,
  findings: z.array(findingSchema).max(MAX_FINDINGS),
});
export type PageAudit = z.infer<typeof pageAuditSchema>;

/** Audits of some pages, as an operator's tool hands them in. */
export const auditsSchema = z.strictObject({ audits: z.array(pageAuditSchema).min(1).max(50) });
