import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** A saga step and the compensation that takes it back; `done` is the outcome that lets the saga go on. */
const STEPS = [
  { stepId: 'ReserveInventory', done: 'reserved', compensation: 'ReleaseInventory' },
  { stepId: 'ProcessPayment', done: 'captured', compensation: 'RefundPayment' },
  { stepId: 'ArrangeDelivery', done: 'arranged', compensation: 'CancelDelivery' },
  { stepId: 'ConfirmOrder', done: 'confirmed', compensation: 'CancelOrder' },
] as const;

type StepStatus =
  'pending' | 'running' | 'done' | 'refused' | 'failed' | 'compensating' | 'compensated' | 'stuck';

/** The saga record (SAG-03), read from the execution's own history. */
export interface SagaRecord {
  readonly sagaId: string;
  readonly sagaType: 'order-saga';
  readonly status: 'running' | 'confirmed' | 'compensated' | 'stuck' | 'timed-out';
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
  };
}

export interface Execution {
  readonly sagaId: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  /** Oldest first, with execution data. */
  readonly history: readonly HistoryEvent[];
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
  if (undo?.left) return undo.error ? 'stuck' : 'compensated';
  if (undo) return 'compensating';
  if (!step) return 'pending';
  if (!step.left) return 'running';
  if (step.error) return 'failed';
  return step.outcome === done ? 'done' : 'refused';
};

/** Reads the saga record out of an execution of `order-saga.asl.json`. */
export const sagaRecord = ({ sagaId, status, startedAt, endedAt, history }: Execution): SagaRecord => {
  const visits = visitsOf(history);
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
      startedAt: startedAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
      reason: cancellation ? reasonOf(visits) : null,
    },
  };
};

/** Why the saga turned round: the first refusal's reason, or the first failure's error. */
const reasonOf = (visits: ReadonlyMap<string, Visit>): string | null => {
  const [cause] = [...visits.values()].flatMap(({ reason, error }) => reason ?? error ?? []);
  return cause ?? null;
};

const overall = (status: string, confirmed: boolean): SagaRecord['status'] => {
  switch (status) {
    case 'SUCCEEDED':
      return confirmed ? 'confirmed' : 'compensated';
    case 'RUNNING':
      return 'running';
    case 'TIMED_OUT':
      return 'timed-out';
    default:
      return 'stuck';
  }
};
