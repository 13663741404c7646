import { MAX_WHY } from '../../../functions/mesh/ledger/page-audit.ts';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';

/**
 * What an audit makes of a consumer's answer about one record. `stands`: coming again, the record would change
 * nothing. `expired`: only an effect on the outside would be repeated, and its record is too old to be kept.
 * `suspect`: it has no effect that stands. `unclear`: nothing is known.
 */
export interface Judgement {
  readonly kind: 'stands' | 'expired' | 'suspect' | 'unclear';
  readonly why: string;
}

const DAY_MS = 86_400_000;
/** How long the mesh remembers effects on the outside (shared/wire/once.ts). */
const EFFECTS_KEPT_MS = 30 * DAY_MS;

/** Kinds of writes that are kept for good. */
const KEPT_KINDS = new Set(['document', 'events']);

/** Failures that say something of the consumer's code or its tables, and nothing of the record. */
const SAYS_NOTHING = new Set(['rehearsal-breach', 'unprocessed-keys']);

const judgement = (kind: Judgement['kind'], why: string): Judgement => ({ kind, why: why.slice(0, MAX_WHY) });

/** @param ageMs how old the record is */
export const judgeOutcome = ({ result, cause, writes = [] }: RedriveOutcome, ageMs: number): Judgement => {
  const because = cause ? `${cause.code}: ${cause.message}` : 'for no cause that it names';
  switch (result) {
    case 'duplicate':
    case 'not-for-me':
      return judgement('stands', '');
    case 'applied': {
      if (writes.length === 0) return judgement('stands', '');
      const what = writes.map(({ kind, target }) => `${kind} ${target}`).join(', ');
      return writes.every(({ kind }) => !KEPT_KINDS.has(kind)) && ageMs > EFFECTS_KEPT_MS
        ? judgement('expired', what)
        : judgement('suspect', `would write again: ${what}`);
    }
    case 'refused':
      return judgement('suspect', `would be refused, and has no letter that says so: ${because}`);
    case 'held':
      return judgement('unclear', because);
    case 'failed':
      return cause && !SAYS_NOTHING.has(cause.code)
        ? judgement('suspect', `has no effect and no letter, and would fail: ${because}`)
        : judgement('unclear', because);
  }
};
