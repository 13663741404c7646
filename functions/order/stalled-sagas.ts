import type { DescribedExecution } from './saga-executions.ts';

/** What a saga of five minutes (SAG-04) may take beyond that before it counts as overdue: clocks, and a slow start. */
const GRACE_MS = 30_000;
export const SAGA_BUDGET_MS = 300_000;

export type StallKind = 'stuck' | 'failed' | 'timed-out' | 'aborted' | 'overdue' | 'not-started';

/** A saga that will not end by itself. */
export interface StalledSaga {
  readonly orderId: string;
  readonly kind: StallKind;
  /** When it stopped going on, in RFC 3339. */
  readonly since: string;
  /** The newest execution; absent where none was ever started. */
  readonly execution?: string | undefined;
}

export interface StalledPage {
  readonly items: readonly StalledSaga[];
  readonly next: string | undefined;
}

/** The list of stalled sagas: a worklist that the watcher keeps, made of nothing that cannot be found again. */
export interface StalledSagas {
  put(saga: StalledSaga): Promise<void>;
  remove(orderId: string): Promise<void>;
  list(options: { readonly limit: number; readonly after?: string | undefined }): Promise<StalledPage>;
}

/** How an execution stalled; undefined while it may still end well, and when it has. */
export const stallOf = (
  { name, sagaId, status, startedAt, endedAt, error }: DescribedExecution,
  now: Date,
): StalledSaga | undefined => {
  const stalled = (kind: StallKind, since = startedAt): StalledSaga => ({
    orderId: sagaId,
    kind,
    since: since.toISOString(),
    execution: name,
  });
  switch (status) {
    case 'SUCCEEDED':
      return undefined;
    case 'RUNNING': {
      const due = new Date(startedAt.getTime() + SAGA_BUDGET_MS);
      return now.getTime() > due.getTime() + GRACE_MS ? stalled('overdue', due) : undefined;
    }
    case 'FAILED':
      return stalled(error === 'CompensationFailed' ? 'stuck' : 'failed', endedAt);
    case 'TIMED_OUT':
      return stalled('timed-out', endedAt);
    case 'ABORTED':
      return stalled('aborted', endedAt);
  }
};

/** What a person is to do about it (docs/operations.md, "Stalled sagas"). */
export const adviceFor: Readonly<Record<StallKind, string>> = {
  stuck: 'a compensation failed: mend what its cause names, then resume; it goes on taking back',
  failed: 'the state machine itself failed: read its error, deploy a correction, then resume',
  'timed-out': 'it ran out of its five minutes: look at what the current step waits for, then resume',
  aborted: 'somebody stopped it: resume it, unless they said why not',
  overdue:
    'it runs past its five minutes: look at what the current step waits for, then resume; it is stopped first',
  'not-started': 'its start event was parked or lost: look for a dead letter of order.start-saga, or resume',
};
