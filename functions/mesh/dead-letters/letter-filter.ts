import { z } from 'zod';
import { consumerKeyOf } from '../../../shared/consume/dynamo-dead-letters.ts';
import type { Letter } from './letter.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A length of time as people write it: `90s`, `15m`, `2h` or `3d`. */
const age = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a number and s, m, h or d, for example 15m, 2h or 3d');

const before = (now: Date, text: string): string =>
  new Date(now.getTime() - Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 0) * 1_000).toISOString();

const word = (what: string) => z.string().min(1, `must be ${what}`).max(250);

/** What letters can be chosen by. All of it together; nothing chooses all of them. */
export const filterFields = {
  consumer: word("a consumer's name, for example order.order-summary").optional(),
  /** The cause's code, for example `schema-violation`; `behind` waits behind another of its key. */
  code: word("a cause's code, for example schema-violation").optional(),
  topic: word("a topic's name").optional(),
  /** The ordering key, as text. */
  key: z.string().max(2_000).optional(),
  status: z.enum(['parked', 'refused'], 'must be parked or refused').optional(),
  /** Set aside longer ago than this. */
  olderThan: age.optional(),
  newerThan: age.optional(),
};

export const letterFilter = z.strictObject(filterFields);
export type LetterFilter = z.infer<typeof letterFilter>;

/** The instants between which a letter must have been set aside, RFC 3339. */
export const parkedBetween = (
  { olderThan, newerThan }: LetterFilter,
  now: Date,
): { readonly from?: string; readonly to?: string } => ({
  ...(newerThan !== undefined && { from: before(now, newerThan) }),
  ...(olderThan !== undefined && { to: before(now, olderThan) }),
});

/** Whether a letter is among those that a filter chooses. @param now what ages are counted from */
export const chooses = (filter: LetterFilter, now: Date): ((letter: Letter) => boolean) => {
  const { consumer, code, topic, key, status } = filter;
  const { from = '', to = '~' } = parkedBetween(filter, now);
  const base64 = key === undefined ? undefined : Buffer.from(key).toString('base64');
  return (letter) =>
    (consumer === undefined || letter.consumer === consumer) &&
    (code === undefined || letter.cause.code === code) &&
    (topic === undefined || letter.topic === topic) &&
    (status === undefined || letter.status === status) &&
    (base64 === undefined ||
      (letter.key !== null && letter.consumerKey === consumerKeyOf(letter.consumer, base64))) &&
    letter.parkedAt >= from &&
    letter.parkedAt <= to;
};
