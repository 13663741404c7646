import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionStatus, SagaExecution } from './saga-executions.ts';

/** A saga step and the compensation that takes it back; `done` is the outcome that lets the saga go on. */
const STEPS = [
  { stepId: 'ReserveInventory', done: 'reserved', compensation: 'ReleaseInventory' },
  { stepId: 'ProcessPayment', done: 'captured', compensation: 'RefundPayment' },
  { stepId: 'ArrangeDelivery', done: 'arranged', compensation: 'CancelDelivery' },
  { stepId: 'ConfirmOrder', done: 'confirmed', compensation: 'CancelOrder' },
] as const;

type StepStatus =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'done'
  | 'refused'
  | 'failed'
  | 'compensating'
  | 'compensated'
  | 'stuck';

/** The saga record (SAG-03), read from the execution's own history. */
export interface SagaRecord {
  readonly sagaId: string;
  readonly sagaType: 'order-saga';
  readonly status: 'running' | 'confirmed' | 'compensated' | 'stuck' | 'timed-out' | 'aborted';
  readonly currentStep: string | null;
  readonly steps: readonly {
    readonly stepId: string;
    readonly status: StepStatus;
    /** The event that the step left in its context's stream. */
    readonly event: string | null;
    readonly compensationEvent: string | null;
    readonly reason?: string;
  }[];
  readonly metadata: {
    readonly startedAt: string;
    readonly endedAt: string | null;
    readonly reason: string | null;
    /** More than one when it was resumed; the newest is the last. */
    readonly executions: readonly string[];
  };
}

export interface SagaHistory {
  readonly sagaId: string;
  /** At least one; oldest first, each with what happened in it, oldest first, with execution data. */
  readonly runs: readonly (SagaExecution & { readonly history: readonly HistoryEvent[] })[];
}

/** What a state last came to: entered and not left, or left with an outcome or an error. */
interface Visit {
  readonly outcome?: string;
  readonly event?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly left: boolean;
}

const parseOutput = (output: string | undefined): Omit<Visit, 'left'> => {
  // The machine's own states write it: a step's result, or the error output of a catch.
  const {
    outcome,
    event,
    reason,
    Error: error,
  } = JSON.parse(output ?? '{}') as Record<string, string | undefined>;
  return {
    ...(outcome && { outcome }),
    ...(event && { event }),
    ...(reason && { reason }),
    ...(error && { error }),
  };
};

const visitsOf = (history: readonly HistoryEvent[]): Map<string, Visit> => {
  const visits = new Map<string, Visit>();
  for (const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } of history) {
    if (entered?.name) visits.set(entered.name, { left: false });
    if (exited?.name) visits.set(exited.name, { left: true, ...parseOutput(exited.output) });
  }
  return visits;
};

const stepStatus = (step: Visit | undefined, done: string, undo: Visit | undefined): StepStatus => {
  if (undo?.left && undo.outcome !== 'later') return undo.error ? 'stuck' : 'compensated';
  if (undo) return 'compensating';
  if (!step) return 'pending';
  if (!step.left) return 'running';
  if (step.error) return 'failed';
  if (step.outcome === 'later') return 'waiting';
  return step.outcome === done ? 'done' : 'refused';
};

/** Reads the saga record out of the executions of `order-saga.asl.json`. What a later one did stands. */
export const sagaRecord = ({ sagaId, runs }: SagaHistory): SagaRecord => {
  const first = runs[0];
  const newest = runs.at(-1);
  if (!first || !newest) throw new Error(`${sagaId} has no execution to read its record from`);
  const { status } = newest;
  const visits = visitsOf(runs.flatMap(({ history }) => history));
  const settled = visits.get('SettleOrder')?.outcome === 'refused';
  const confirmed = visits.get('ConfirmOrder')?.outcome === 'confirmed' || settled;
  const running = [...visits].findLast(([, { left }]) => !left)?.[0] ?? null;
  const cancellation = visits.get('CancelOrder');
  return {
    sagaId,
    sagaType: 'order-saga',
    status: overall(status, confirmed),
    currentStep: status === 'RUNNING' ? running : null,
    steps: STEPS.map(({ stepId, done, compensation }) => {
      const step = visits.get(stepId);
      const undo = compensation === 'CancelOrder' && !step ? undefined : visits.get(compensation);
      return {
        stepId,
        status: stepStatus(step, done, undo),
        event: step?.event ?? null,
        compensationEvent: undo?.event ?? null,
        ...(step?.reason && { reason: step.reason }),
      };
    }),
    metadata: {
      startedAt: first.startedAt.toISOString(),
      endedAt: newest.endedAt?.toISOString() ?? null,
      reason: cancellation ? reasonOf(visits) : null,
      executions: runs.map(({ name }) => name),
    },
  };
};

/** The first step that did not do what it is for, after which a saga turns round. */
const failedStep = (visits: ReadonlyMap<string, Visit>) =>
  STEPS.map(({ stepId, done }) => ({ stepId, done, ...visits.get(stepId) })).find(
    ({ left, outcome, done }) => left === true && outcome !== done,
  );

/** Why the saga turned round: the refusal's reason, or the failure's error. */
const reasonOf = (visits: ReadonlyMap<string, Visit>): string | null => {
  const failed = failedStep(visits);
  return failed?.reason ?? failed?.error ?? null;
};

const overall = (status: ExecutionStatus, confirmed: boolean): SagaRecord['status'] => {
  switch (status) {
    case 'SUCCEEDED':
      return confirmed ? 'confirmed' : 'compensated';
    case 'RUNNING':
      return 'running';
    case 'TIMED_OUT':
      return 'timed-out';
    case 'ABORTED':
      return 'aborted';
    case 'FAILED':
      return 'stuck';
  }
};

const COMPENSATIONS: readonly string[] = ['SettleOrder', ...STEPS.map(({ compensation }) => compensation)];

/** The step that made a saga turn round, and why; undefined while it goes forward. */
export const turnOf = (
  history: readonly HistoryEvent[],
): { readonly step: string; readonly reason: string } | undefined => {
  const visits = visitsOf(history);
  if (!COMPENSATIONS.some((name) => visits.has(name))) return undefined;
  const failed = failedStep(visits);
  if (failed) {
    const { stepId: step, reason, error, outcome } = failed;
    return { step, reason: reason ?? `${step} failed: ${error ?? outcome ?? 'no outcome'}` };
  }
  return { step: 'unknown', reason: 'the saga had turned round before it was resumed' };
};

/** The last step that a saga entered; undefined when it came to none. */
export const lastStep = (history: readonly HistoryEvent[]): string | undefined => {
  const visited = history.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  return visited.findLast((name) => STEPS.some(({ stepId }) => stepId === name));
};
