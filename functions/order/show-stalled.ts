import pMap from 'p-map';
import { findSaga } from './find-saga.ts';
import type { SagaExecutions } from './saga-executions.ts';
import type { SagaRecord } from './saga-record.ts';
import { adviceFor, type StalledSaga, type StalledSagas } from './stalled-sagas.ts';

/** A stalled saga as an operator sees it. */
export interface ShownSaga extends StalledSaga {
  /** What to do about it. */
  readonly advice: string;
  /** Null where no execution was ever started. */
  readonly record: SagaRecord | null;
}

const LOOKS_AT_ONCE = 5;

/** A page of the stalled sagas, each with its record. */
export const showStalled =
  (executions: Pick<SagaExecutions, 'of' | 'history'>, stalled: Pick<StalledSagas, 'list'>) =>
  async (page: Parameters<StalledSagas['list']>[0]) => {
    const { items, next } = await stalled.list(page);
    const show = async (saga: StalledSaga): Promise<ShownSaga> => ({
      ...saga,
      advice: adviceFor[saga.kind],
      record: (await findSaga(executions, saga.orderId)) ?? null,
    });
    return { items: await pMap(items, show, { concurrency: LOOKS_AT_ONCE }), next };
  };
