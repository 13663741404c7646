import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { minuteOf, submissions, type Submission } from './projections/submissions.ts';
import type { ExecutionStatus, SagaExecution, SagaExecutions } from './saga-executions.ts';
import { SAGA_BUDGET_MS, stallOf, type StalledSaga, type StalledSagas } from './stalled-sagas.ts';

export interface WatchMeans {
  readonly executions: Pick<SagaExecutions, 'of' | 'list'>;
  readonly views: Pick<ProjectionStore, 'list'>;
  readonly stalled: StalledSagas;
  /** Whether an order waits for its saga: submitted, and neither confirmed nor cancelled. */
  readonly isSubmitted: (orderId: string) => Promise<boolean>;
}

export interface Watched {
  /** How long ago the sagas began that are looked at. Those on the list are looked at whatever their age. */
  readonly lookBackMs: number;
  /** What an order's saga may take to be started. */
  readonly startWithinMs: number;
}

const MINUTE_MS = 60_000;
const PAGE = 100;
const ENDED_BADLY: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Brings the list of stalled sagas up to date (SAG-07). It costs what is wrong, and one look at the last minutes'
 * orders: never a scan of all.
 * @returns how many are stalled now, those of earlier runs included
 */
export const watchSagas =
  ({ executions, views, stalled, isSubmitted }: WatchMeans) =>
  async (now: Date, { lookBackMs, startWithinMs }: Watched): Promise<number> => {
    const ago = (ms: number): Date => new Date(now.getTime() - ms);

    /** How a saga stands by its newest execution, which may be one that resumed it. */
    const standing = async (orderId: string, submittedAt?: string): Promise<StalledSaga | undefined> => {
      const newest = (await executions.of(orderId)).at(-1);
      if (newest) return stallOf(newest, now);
      const since = submittedAt ?? now.toISOString();
      return (await isSubmitted(orderId)) ? { orderId, kind: 'not-started', since } : undefined;
    };

    const suspects = new Map<string, string | undefined>();
    for await (const { orderId, since } of listed(stalled)) suspects.set(orderId, since);
    for (const status of ENDED_BADLY) {
      for await (const { sagaId } of executions.list(status, ago(lookBackMs)))
        suspects.set(sagaId, undefined);
    }
    for await (const { sagaId, startedAt } of executions.list('RUNNING', new Date(0))) {
      if (startedAt < ago(SAGA_BUDGET_MS)) suspects.set(sagaId, undefined);
    }
    const [from, to] = [ago(lookBackMs), ago(startWithinMs)];
    const submitted = await submittedBetween(views, from, to);
    if (submitted.length > 0) {
      // A saga starts after its order was submitted; a minute is for clocks that disagree.
      const started = await sagasOf(executions.list(undefined, new Date(from.getTime() - MINUTE_MS)));
      for (const { orderId, submittedAt } of submitted) {
        if (!started.has(orderId)) suspects.set(orderId, submittedAt);
      }
    }

    let count = 0;
    for (const [orderId, since] of suspects) {
      const found = await standing(orderId, since);
      if (found) await stalled.put(found);
      else await stalled.remove(orderId);
      if (found) count += 1;
    }
    return count;
  };

async function* listed(stalled: StalledSagas): AsyncIterable<StalledSaga> {
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const { items, next } = await stalled.list({ limit: PAGE, after });
    yield* items;
    after = next;
  }
}

const sagasOf = async (executions: AsyncIterable<SagaExecution>): Promise<Set<string>> => {
  const found = new Set<string>();
  for await (const { sagaId } of executions) found.add(sagaId);
  return found;
};

/** The orders submitted from the minute of one instant to another instant. */
const submittedBetween = async (
  views: WatchMeans['views'],
  from: Date,
  to: Date,
): Promise<readonly Submission[]> => {
  const found: Submission[] = [];
  for (let at = from.getTime(); at < to.getTime() + MINUTE_MS; at += MINUTE_MS) {
    const minute = minuteOf(new Date(at).toISOString());
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const page = await views.list<Submission>(submissions.name, minute, { limit: PAGE, after });
      found.push(...page.items.filter(({ submittedAt }) => submittedAt < to.toISOString()));
      after = page.next;
    }
  }
  return found;
};
