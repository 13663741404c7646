import { fold } from '../../shared/decide/aggregate.ts';
import type { EventStore } from '../../shared/decide/event-store.ts';
import { orderId as orderIdSchema } from '../../shared/define/identifiers.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { logger } from '../../shared/observe/telemetry.ts';
import { order } from './order.ts';
import { startSaga } from './policies/start-saga.ts';
import { executionName, type DescribedExecution, type SagaExecutions } from './saga-executions.ts';
import { lastStep, turnOf } from './saga-record.ts';
import { stallOf, type StalledSagas } from './stalled-sagas.ts';

export interface ResumeMeans {
  readonly executions: SagaExecutions;
  readonly stalled: Pick<StalledSagas, 'remove'>;
  /** Of the order context. */
  readonly store: Pick<EventStore, 'load'>;
}

/** What was done, and by which execution. */
export interface Resumed {
  /** `started` late; `taken-back` or `gone-on` by another execution. */
  readonly how: 'started' | 'taken-back' | 'gone-on';
  readonly execution: string;
  // What a command answers is kept as JSON, which an index signature tells.
  readonly [name: string]: string;
}

const refuse = (code: string, message: string): BusinessError => new BusinessError(code, message);

/**
 * Lets a stalled saga go on (SAG-07, ADR 14), in another execution: of the state machine as it is deployed now, and with
 * five minutes of its own. Every step and compensation may be repeated: its command id and key are as before, and
 * fences keep out what comes late. But where to begin matters. A saga that had turned round asks the order first and
 * then takes everything back: from the start it would meet fences, and leave out what its compensations still owe. One
 * that went forward goes on at its last step: from the start an early step that fails would be taken back without the
 * later ones that had been done.
 * @throws BusinessError `saga-unknown`, `saga-running`, `saga-ended`, `saga-refused`, `saga-not-due`
 */
export const resumeSaga =
  ({ executions, stalled, store }: ResumeMeans) =>
  async (orderId: string, now: Date, by: string | undefined): Promise<Resumed> => {
    // Step Functions refuses to look for a name that no execution can have.
    if (!orderIdSchema.safeParse(orderId).success) throw unknown();
    const runs = await executions.of(orderId);
    const newest = runs.at(-1);
    const resumed = newest
      ? await goOn(executions, runs, newest, now)
      : await startLate(executions, store, orderId);
    await stalled.remove(orderId);
    logger.info('saga resumed', { orderId, by, ...resumed });
    return resumed;
  };

const unknown = (): BusinessError => new BusinessError('saga-unknown', 'there is no such order', 'not-found');

const startLate = async (
  executions: SagaExecutions,
  store: ResumeMeans['store'],
  orderId: string,
): Promise<Resumed> => {
  const events = (await store.load(order.definition, orderId)).flatMap((commit) => commit.events);
  const { status } = fold(order, events);
  if (status === 'none') throw unknown();
  const [input] = events.flatMap((event) => startSaga.react(event) ?? []);
  if (!input || status !== 'submitted') {
    throw refuse('saga-not-due', `the order is ${status}: it waits for no saga`);
  }
  await executions.start(orderId, input);
  return { how: 'started', execution: orderId };
};

const goOn = async (
  executions: SagaExecutions,
  runs: readonly DescribedExecution[],
  newest: DescribedExecution,
  now: Date,
): Promise<Resumed> => {
  const stall = stallOf(newest, now);
  if (newest.status === 'SUCCEEDED') throw refuse('saga-ended', 'the saga has ended');
  if (!stall) throw refuse('saga-running', 'the saga is at work: it has five minutes');
  if (refusedByRule(newest)) {
    throw refuse('saga-refused', 'a business rule refused to cancel the order: resuming changes nothing');
  }
  // Counted, not made up: two who resume at once name the same execution, and the second finds it started.
  const execution = executionName(newest.sagaId, runs.length + 1);
  if (execution === undefined) throw refuse('saga-refused', 'the saga has been resumed 98 times');
  if (stall.kind === 'overdue') await executions.stop(newest.name, 'overdue, to be resumed');
  const history = (await Promise.all(runs.map(({ name }) => executions.history(name)))).flat();
  const { saga, order } = newest.input;
  const takeBack = newest.input.takeBack ?? turnOf(history);
  const goOnAt = lastStep(history);
  await executions.start(execution, {
    saga,
    order,
    ...(takeBack ? { takeBack } : goOnAt !== undefined && { goOnAt }),
  });
  return { how: takeBack ? 'taken-back' : 'gone-on', execution };
};

/** CancelOrder, the last compensation, was answered with a no (state IsTakenBack): the order stands. */
const refusedByRule = ({ error, cause }: DescribedExecution): boolean =>
  error === 'CompensationFailed' && /"error":"CompensationRefused"/.test(cause ?? '');
