import pMap from 'p-map';
import { allDocuments } from '../../shared/project/find-document.ts';
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
  /**
   * How far back to look: at sagas that ended badly since, and at orders that were submitted since. What runs, and
   * what is on the list, is looked at whatever its age.
   */
  readonly lookBackMs: number;
  /** What an order's saga may take to be started. */
  readonly startWithinMs: number;
}

const MINUTE_MS = 60_000;
const PAGE = 100;
const ORDERS_AT_ONCE = 25;
const ENDED_BADLY: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * How old a minute is each time that its orders are looked at again, since an order may be told of late: 30 minutes,
 * then twice as old, until neither the relay's stream (a day) nor the topic (seven days) can have held an event back.
 */
const LOOKED_AT_AGAIN_MS = Array.from({ length: 10 }, (_, i) => 30 * MINUTE_MS * 2 ** i);

/**
 * Brings the list of stalled sagas up to date (SAG-07). It costs what is wrong, one look at the last minutes' orders and
 * one at those of ten earlier ages: never a scan of all.
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

    for (const age of LOOKED_AT_AGAIN_MS) {
      const orders = await submittedBetween(views, ago(age + MINUTE_MS), ago(age));
      for (const { orderId, submittedAt } of await waiting(orders, isSubmitted))
        suspects.set(orderId, submittedAt);
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

/** Those that wait for a saga. The orders are asked, since the executions of days would be too many to list. */
const waiting = async (
  orders: readonly Submission[],
  isSubmitted: WatchMeans['isSubmitted'],
): Promise<readonly Submission[]> => {
  const answers = await pMap(orders, ({ orderId }) => isSubmitted(orderId), { concurrency: ORDERS_AT_ONCE });
  return orders.filter((_, i) => answers[i]);
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
    const ofMinute = await allDocuments(views, submissions, minute);
    found.push(...ofMinute.filter(({ submittedAt }) => submittedAt < to.toISOString()));
  }
  return found;
};
