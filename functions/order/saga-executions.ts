import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { SagaInput } from './policies/start-saga.ts';

/** As Step Functions names them (API Reference, "DescribeExecution"); PENDING_REDRIVE is of Map runs only. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface SagaExecution {
  /** The order's id for a saga's first execution; with a number for one that resumes it. */
  readonly name: string;
  readonly sagaId: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly endedAt?: Date | undefined;
}

/** An execution with what only a look at it alone tells. */
export interface DescribedExecution extends SagaExecution {
  readonly input: SagaInput;
  /** Why it failed, where it did. */
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The executions of the order saga. */
export interface SagaExecutions {
  /** All of one saga, oldest first; empty when it never started. */
  of(sagaId: string): Promise<readonly DescribedExecution[]>;
  /** What happened in one, oldest first, with execution data. */
  history(name: string): Promise<readonly HistoryEvent[]>;
  /** Those that ended, or began where they still run, at or after an instant; the newest change first. */
  list(status: ExecutionStatus | undefined, since: Date): AsyncIterable<SagaExecution>;
  /** Starts one, unless there is one of that name. */
  start(name: string, input: SagaInput): Promise<void>;
  /** Ends one that runs. Safe to repeat. */
  stop(name: string, cause: string): Promise<void>;
}

/** An execution's name holds 80 characters, of which an order's id takes up to 77. */
const MAX_EXECUTIONS = 99;

/**
 * The name of a saga's nth execution: the order's id, then `<orderId>-2` and so on.
 * @returns undefined beyond what a name can hold
 */
export const executionName = (sagaId: string, nth: number): string | undefined => {
  if (nth > MAX_EXECUTIONS) return undefined;
  return nth === 1 ? sagaId : `${sagaId}-${nth}`;
};

/** An order's id ends in a UUID (36 characters), which is preceded by a full stop. */
export const sagaOf = (name: string): string => name.slice(0, name.indexOf('.') + 1 + 36);
