import type { SagaExecutions } from './saga-executions.ts';
import { sagaRecord, type SagaRecord } from './saga-record.ts';

/** A saga's record (SAG-03), over all of its executions; undefined when it never started. */
export const findSaga = async (
  executions: Pick<SagaExecutions, 'of' | 'history'>,
  sagaId: string,
): Promise<SagaRecord | undefined> => {
  const found = await executions.of(sagaId);
  if (found.length === 0) return undefined;
  const runs = await Promise.all(
    found.map(async (run) => ({ ...run, history: await executions.history(run.name) })),
  );
  return sagaRecord({ sagaId, runs });
};
