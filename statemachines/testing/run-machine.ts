import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StepResult } from '../../shared/orchestrate/saga-task.ts';

interface Choice {
  readonly Condition: string;
  readonly Next: string;
  readonly Assign?: Assign;
}

type Assign = Readonly<Record<string, Readonly<Record<string, string>> | string>>;

interface State {
  readonly Type: 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly Choice[];
  readonly Assign?: Assign;
  readonly Catch?: readonly [{ readonly Next: string; readonly Assign?: Assign }];
  readonly Arguments?: { readonly Payload: { readonly command: string } };
}

/** The order saga as it is deployed; its fields are those above. */
const machine = JSON.parse(readFileSync(new URL('../order-saga.asl.json', import.meta.url), 'utf8')) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

/** What a test lets a task come to: its result, a failure after all retries, or the end of the whole execution. */
export type TaskEnd =
  | { readonly kind: 'result'; readonly result: StepResult }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'aborted' };

export interface MachineRun {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  readonly history: readonly HistoryEvent[];
}

interface Surroundings {
  /** Seconds since the execution began. */
  readonly elapsed: () => number;
  readonly wait: () => void;
  readonly task: (command: string, reason: string) => Promise<TaskEnd>;
}

/**
 * Runs the order saga's states with tasks of a test: enough of Step Functions for this one machine. Of JSONata it
 * reads the conditions, by their form; Step Functions itself, or the emulator, evaluates the rest.
 */
export const runMachine = async (
  input: {
    readonly takeBack?: { readonly reason: string } | undefined;
    readonly goOnAt?: string | undefined;
  },
  { elapsed, wait, task }: Surroundings,
): Promise<MachineRun> => {
  const history: HistoryEvent[] = [];
  const variables = { reason: input.takeBack?.reason ?? 'no reason', stuck: 'none' };
  let data: Partial<StepResult> & { readonly Error?: string } = {};

  const holds = (condition: string): boolean => {
    if (condition.includes('$exists($states.input.takeBack)')) return input.takeBack !== undefined;
    const goOnAt = /\$states\.input\.goOnAt = '(\w+)'/.exec(condition)?.[1];
    if (goOnAt !== undefined) return input.goOnAt === goOnAt;
    const outcome = /\$states\.input\.outcome = '(\w+)'/.exec(condition)?.[1];
    const patience = /StartTime\) \+ (\d+)/.exec(condition)?.[1];
    if (outcome === undefined) throw new Error(`a condition of another form: ${condition}`);
    return data.outcome === outcome && (patience === undefined || elapsed() * 1_000 < Number(patience));
  };
  const assign = ({ failure, stuck }: Assign = {}): void => {
    if (failure !== undefined && input.takeBack === undefined) variables.reason = data.reason ?? 'it failed';
    if (typeof stuck === 'object') variables.stuck = stuck['error'] ?? '';
  };

  for (let name = machine.StartAt; ;) {
    const state = machine.States[name];
    if (!state) throw new Error(`no state ${name}`);
    history.push({
      id: 1,
      type: 'TaskStateEntered',
      timestamp: undefined,
      stateEnteredEventDetails: { name },
    });
    let next = state.Next;
    if (state.Type === 'Succeed') return { status: 'SUCCEEDED', history };
    if (state.Type === 'Fail') {
      const cause = JSON.stringify({ error: variables.stuck });
      return { status: 'FAILED', error: 'CompensationFailed', cause, history };
    }
    if (state.Type === 'Wait') wait();
    if (state.Type === 'Choice') {
      const chosen = state.Choices?.find(({ Condition }) => holds(Condition));
      assign(chosen ? chosen.Assign : state.Assign);
      next = chosen?.Next ?? state.Default;
    }
    if (state.Type === 'Task') {
      const end = await task(state.Arguments?.Payload.command ?? '', variables.reason);
      if (end.kind === 'aborted') return { status: 'ABORTED', history };
      data = end.kind === 'result' ? { ...end.result } : { Error: end.error };
      if (end.kind === 'failed') {
        assign(state.Catch?.[0].Assign);
        next = state.Catch?.[0].Next;
      }
    }
    const output = JSON.stringify(data);
    history.push({
      id: 1,
      type: 'TaskStateExited',
      timestamp: undefined,
      stateExitedEventDetails: { name, output },
    });
    if (next === undefined) throw new Error(`${name} leads nowhere`);
    name = next;
  }
};
