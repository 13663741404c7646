import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock, testTime } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { cancelOrder, createOrder, order } from './order.ts';
import { resumeSaga } from './resume-saga.ts';
import type { SagaInput } from './policies/start-saga.ts';
import {
  executionName,
  sagaOf,
  type DescribedExecution,
  type ExecutionStatus,
  type SagaExecutions,
} from './saga-executions.ts';

// What a resume makes of a saga's state, with money and stock, is in statemachines/saga-resume.spec.ts.

const orderId = 'ada.00000000-0000-8000-8000-000000000001';
// Of an input only its identity matters here.
const input = { saga: { sagaId: orderId }, order: { orderId } } as SagaInput;
const entered = (name: string): HistoryEvent => ({
  id: 1,
  timestamp: undefined,
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name },
});

const setUp = (runs: DescribedExecution[], history: HistoryEvent[] = []) => {
  const done: unknown[] = [];
  const executions: SagaExecutions = {
    of: async () => runs,
    history: async () => history,
    list: () => {
      throw new Error('nothing is listed');
    },
    start: async (name, given) => void done.push(['start', name, given]),
    stop: async (name) => void done.push(['stop', name]),
  };
  const store = memoryEventStore();
  const stalled = { remove: async (id: string) => void done.push(['remove', id]) };
  const resume = (id = orderId) => resumeSaga({ executions, stalled, store })(id, new Date(testTime), 'ops');
  return { resume, done, run: commandHandler(store, fixedClock()) };
};

const run = (status: ExecutionStatus, more: Partial<DescribedExecution> = {}): DescribedExecution => ({
  name: orderId,
  sagaId: orderId,
  status,
  startedAt: new Date(testTime - 60_000),
  endedAt: new Date(testTime),
  input,
  ...more,
});
const overdue = run('RUNNING', { startedAt: new Date(testTime - 400_000) });
const stuck = run('FAILED', { error: 'CompensationFailed', cause: '{"error":"States.TaskFailed"}' });

describe('a resumed saga', () => {
  it.each(['TIMED_OUT', 'ABORTED', 'FAILED'] as const)(
    'that %s goes on at its last step in another execution: of the definition as it is deployed now',
    async (status) => {
      const { resume, done } = setUp([run(status)], [entered('ReserveInventory'), entered('ProcessPayment')]);
      expect(await resume()).toEqual({ how: 'gone-on', execution: `${orderId}-2` });
      expect(done).toEqual([
        ['start', `${orderId}-2`, { ...input, goOnAt: 'ProcessPayment' }],
        ['remove', orderId],
      ]);
    },
  );

  it.each([stuck, run('TIMED_OUT')])('that had turned round takes back: $status', async (newest) => {
    const { resume, done } = setUp([newest], [entered('RefundPayment')]);
    expect(await resume()).toEqual({ how: 'taken-back', execution: `${orderId}-2` });
    const takeBack = { step: 'unknown', reason: expect.any(String) };
    expect(done[0]).toEqual(['start', `${orderId}-2`, { ...input, takeBack }]);
  });

  it('goes on once when two operators resume it: both start the same execution with the same input', async () => {
    const { resume, done } = setUp([run('ABORTED')], [entered('ProcessPayment')]);
    const [first, second] = await Promise.all([resume(), resume()]);
    expect(second).toEqual(first);
    const starts = done.filter((deed) => Array.isArray(deed) && deed[0] === 'start');
    expect(starts).toEqual([starts[0], starts[0]]);
  });

  it('that takes back keeps taking back, in the execution after the last', async () => {
    const takeBack = { step: 'ProcessPayment', reason: 'no funds' };
    const second = { ...stuck, name: `${orderId}-2`, input: { ...input, takeBack } };
    const { resume, done } = setUp([stuck, second]);
    await resume();
    expect(done[0]).toEqual(['start', `${orderId}-3`, { ...input, takeBack }]);
  });

  it('that is overdue is stopped first', async () => {
    const { resume, done } = setUp([overdue]);
    expect(await resume()).toEqual({ how: 'gone-on', execution: `${orderId}-2` });
    expect(done[0]).toEqual(['stop', orderId]);
  });

  it('that never started starts, with what its order says', async () => {
    const { resume, done, run: commands } = setUp([]);
    await commands.execute(order, orderId, commandContext('create'), (state) =>
      createOrder(state, submitted),
    );
    expect(await resume()).toEqual({ how: 'started', execution: orderId });
    expect(done[0]).toMatchObject([
      'start',
      orderId,
      {
        saga: { sagaId: orderId, correlationId: 'test-correlation' },
        order: { orderId, total: { amount: 500, currency: 'EUR' } },
      },
    ]);
  });
});

const submitted = {
  customerId: 'ada',
  currency: 'EUR',
  lines: [{ sku: 'chair', quantity: 1, unitPrice: { amount: 500, currency: 'EUR' } }],
  submit: true,
  deliveryAddress: sealedForTest('address'),
  paymentMethod: 'card-ok',
};

describe('a resume is refused, and nothing is done', () => {
  it.each([
    ['of a saga that has ended', run('SUCCEEDED'), 'saga-ended'],
    ['of one at work', run('RUNNING'), 'saga-running'],
    [
      'of one whose order will not be cancelled',
      { ...stuck, cause: '{"stuckAt":"CancelOrder","error":"CompensationRefused"}' },
      'saga-refused',
    ],
    ['of one that was resumed too often', { ...run('ABORTED'), times: 99 }, 'saga-refused'],
    ['of one that was, and runs on', { ...overdue, times: 99 }, 'saga-refused'],
  ])('%s', async (_, newest, code) => {
    const { resume, done } = setUp('times' in newest ? Array<DescribedExecution>(99).fill(newest) : [newest]);
    await expect(resume()).rejects.toMatchObject({ code, kind: 'rule' });
    expect(done).toEqual([]);
  });

  it.each([orderId, 'no-order', `${orderId}-2`])('of an order that nobody knows: %s', async (id) => {
    const { resume, done } = setUp([]);
    await expect(resume(id)).rejects.toMatchObject({ code: 'saga-unknown', kind: 'not-found' });
    expect(done).toEqual([]);
  });

  it.each(['draft', 'cancelled'])('of an order that is %s and waits for no saga', async (status) => {
    const { resume, done, run: commands } = setUp([]);
    await commands.execute(order, orderId, commandContext('create'), (state) =>
      createOrder(state, { ...submitted, submit: status !== 'draft' }),
    );
    if (status === 'cancelled') {
      await commands.execute(order, orderId, commandContext('cancel'), (state) =>
        cancelOrder(state, { reason: 'changed-mind' }),
      );
    }
    await expect(resume()).rejects.toMatchObject({ code: 'saga-not-due' });
    expect(done).toEqual([]);
  });
});

it('names executions within what Step Functions takes', () => {
  const longest = `${'c'.repeat(40)}.00000000-0000-8000-8000-000000000001`;
  expect(executionName(longest, 1)).toBe(longest);
  expect(executionName(longest, 99)).toHaveLength(80);
  expect(executionName(longest, 100)).toBeUndefined();
  for (const nth of [1, 2, 99]) expect(sagaOf(executionName(longest, nth) ?? '')).toBe(longest);
});
