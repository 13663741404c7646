import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  paginateGetExecutionHistory,
  paginateListExecutions,
  StartExecutionCommand,
  StopExecutionCommand,
  type ExecutionListItem,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { SagaInput } from './policies/start-saga.ts';
import {
  executionName,
  sagaOf,
  type DescribedExecution,
  type ExecutionStatus,
  type SagaExecution,
  type SagaExecutions,
} from './saga-executions.ts';

interface Described {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly startDate?: Date | undefined;
  readonly stopDate?: Date | undefined;
}

const execution = ({ name = '', status, startDate, stopDate }: Described): SagaExecution => ({
  name,
  sagaId: sagaOf(name),
  // A Standard execution that is no Map run has one of these five.
  status: status as ExecutionStatus,
  startedAt: startDate ?? new Date(0),
  endedAt: stopDate,
});

/**
 * By which Step Functions lists executions, the newest first: what has ended by its end, what runs by its start or its
 * redrive (Step Functions API Reference, "ListExecutions"). An operator may redrive one by hand.
 */
const changedAt = ({ startDate, stopDate, redriveDate }: ExecutionListItem): Date =>
  stopDate ?? redriveDate ?? startDate ?? new Date(0);

/** The order saga's executions in Step Functions. */
export const sfnSagaExecutions = (client: SFNClient, stateMachineArn: string): SagaExecutions => {
  const arnOf = (name: string): string =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  const describe = async (name: string): Promise<DescribedExecution | undefined> => {
    try {
      const found = await client.send(new DescribeExecutionCommand({ executionArn: arnOf(name) }));
      const { input = '{}', error, cause } = found;
      // Only `start` below, with a SagaInput, starts executions.
      return { ...execution({ ...found, name }), input: JSON.parse(input) as SagaInput, error, cause };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };

  return {
    of: async (sagaId) => {
      const found: DescribedExecution[] = [];
      for (let nth = 1; ; nth += 1) {
        const name = executionName(sagaId, nth);
        const next = name === undefined ? undefined : await describe(name);
        if (!next) return found;
        found.push(next);
        // Only what ended badly is ever resumed: most sagas cost one look.
        if (next.status === 'SUCCEEDED' || next.status === 'RUNNING') return found;
      }
    },
    history: async (name) => {
      const events: HistoryEvent[] = [];
      for await (const page of paginateGetExecutionHistory({ client }, { executionArn: arnOf(name) }))
        events.push(...(page.events ?? []));
      return events;
    },
    list: async function* (statusFilter, since) {
      const pages = paginateListExecutions({ client }, { stateMachineArn, statusFilter, maxResults: 1_000 });
      for await (const { executions = [] } of pages) {
        for (const listed of executions) {
          if (changedAt(listed) < since) return;
          yield execution(listed);
        }
      }
    },
    start: async (name, input) => {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    stop: async (name, cause) => {
      await client.send(new StopExecutionCommand({ executionArn: arnOf(name), error: 'Resumed', cause }));
    },
  };
};
