import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { ExecutionStatus } from './saga-executions.ts';
import { sagaRecord, turnOf } from './saga-record.ts';

const entered = (name: string): HistoryEvent => ({
  id: 1,
  timestamp: undefined,
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name },
});
const exited = (name: string, output: object): HistoryEvent => ({
  id: 1,
  timestamp: undefined,
  type: 'TaskStateExited',
  stateExitedEventDetails: { name, output: JSON.stringify(output) },
});
const visited = (name: string, output: object): HistoryEvent[] => [entered(name), exited(name, output)];

const run = (status: ExecutionStatus, history: HistoryEvent[], name = 'c1.o1') => ({
  name,
  sagaId: 'c1.o1',
  status,
  startedAt: new Date(0),
  history,
});
const record = (status: ExecutionStatus, history: HistoryEvent[]) =>
  sagaRecord({ sagaId: 'c1.o1', runs: [run(status, history)] });

const reserved = visited('ReserveInventory', { outcome: 'reserved', event: 'InventoryReservedEvent' });
const captured = visited('ProcessPayment', { outcome: 'captured', event: 'PaymentProcessedEvent' });
const arranged = visited('ArrangeDelivery', { outcome: 'arranged', event: 'DeliveryArrangedEvent' });
const cancelled = visited('CancelOrder', { outcome: 'cancelled', event: 'OrderCancelledEvent' });

describe('saga record (SAG-03)', () => {
  test('a saga under way names the step it is at', () => {
    const { status, currentStep, steps } = record('RUNNING', [...reserved, entered('ProcessPayment')]);
    expect({ status, currentStep }).toEqual({ status: 'running', currentStep: 'ProcessPayment' });
    expect(steps.map((step) => step.status)).toEqual(['done', 'running', 'pending', 'pending']);
  });

  test('a confirmed saga names the event of every step', () => {
    const confirmed = visited('ConfirmOrder', { outcome: 'confirmed', event: 'OrderConfirmedEvent' });
    const { status, currentStep, steps } = record('SUCCEEDED', [
      ...reserved,
      ...captured,
      ...arranged,
      ...confirmed,
    ]);
    expect({ status, currentStep }).toEqual({ status: 'confirmed', currentStep: null });
    expect(steps.map(({ event }) => event)).toEqual([
      'InventoryReservedEvent',
      'PaymentProcessedEvent',
      'DeliveryArrangedEvent',
      'OrderConfirmedEvent',
    ]);
  });

  test('a declined payment shows what was refused, what was taken back and why', () => {
    const { status, steps, metadata } = record('SUCCEEDED', [
      ...reserved,
      ...visited('ProcessPayment', { outcome: 'declined', event: 'PaymentFailedEvent', reason: 'no funds' }),
      ...visited('ReleaseInventory', { outcome: 'released', event: 'InventoryReleasedEvent' }),
      ...cancelled,
    ]);
    expect(status).toBe('compensated');
    expect(steps).toEqual([
      {
        stepId: 'ReserveInventory',
        status: 'compensated',
        event: 'InventoryReservedEvent',
        compensationEvent: 'InventoryReleasedEvent',
      },
      {
        stepId: 'ProcessPayment',
        status: 'refused',
        event: 'PaymentFailedEvent',
        compensationEvent: null,
        reason: 'no funds',
      },
      { stepId: 'ArrangeDelivery', status: 'pending', event: null, compensationEvent: null },
      { stepId: 'ConfirmOrder', status: 'pending', event: null, compensationEvent: null },
    ]);
    expect(metadata.reason).toBe('no funds');
  });

  test('a compensation that failed stands out as stuck', () => {
    const { status, steps } = record('FAILED', [
      ...reserved,
      ...visited('ProcessPayment', { Error: 'States.Timeout', Cause: '' }),
      ...visited('RefundPayment', { Error: 'States.TaskFailed', Cause: 'gateway down' }),
    ]);
    expect(status).toBe('stuck');
    expect(steps[1]).toMatchObject({ stepId: 'ProcessPayment', status: 'stuck' });
  });

  test('a lost answer of ConfirmOrder that was settled as confirmed counts as confirmed', () => {
    const { status } = record('SUCCEEDED', [
      ...reserved,
      ...captured,
      ...arranged,
      ...visited('ConfirmOrder', { Error: 'States.Timeout', Cause: '' }),
      ...visited('SettleOrder', { outcome: 'refused', reason: 'a confirmed order cannot be cancelled' }),
    ]);
    expect(status).toBe('confirmed');
  });

  test('a step that waits for an open circuit is waiting, and afterwards no reason of anything', () => {
    const later = visited('ProcessPayment', { outcome: 'later', reason: 'the circuit is open' });
    const waited = [...later, ...visited('WaitToPay', { outcome: 'later', reason: 'the circuit is open' })];
    expect(record('RUNNING', [...reserved, ...waited]).steps[1]).toMatchObject({ status: 'waiting' });
    const declined = visited('ProcessPayment', { outcome: 'declined', reason: 'no funds' });
    const { metadata } = record('SUCCEEDED', [...reserved, ...waited, ...declined, ...cancelled]);
    expect(metadata.reason).toBe('no funds');
  });

  test('a resumed saga shows what all of its executions came to', () => {
    const stuck = [
      ...reserved,
      ...visited('ProcessPayment', { Error: 'States.Timeout', Cause: '' }),
      ...visited('RefundPayment', { Error: 'States.TaskFailed', Cause: 'gateway down' }),
    ];
    const resumed = [
      ...visited('SettleOrder', { outcome: 'cancelled', event: 'OrderCancelledEvent' }),
      ...visited('RefundPayment', { outcome: 'nothing-captured', event: 'PaymentFailedEvent' }),
      ...visited('ReleaseInventory', { outcome: 'released', event: 'InventoryReleasedEvent' }),
      ...cancelled,
    ];
    const runs = [run('FAILED', stuck), run('SUCCEEDED', resumed, 'c1.o1-2')];
    const { status, steps, metadata } = sagaRecord({ sagaId: 'c1.o1', runs });
    expect(status).toBe('compensated');
    expect(steps.map((step) => step.status)).toEqual(['compensated', 'compensated', 'pending', 'pending']);
    expect(metadata).toMatchObject({ reason: 'States.Timeout', executions: ['c1.o1', 'c1.o1-2'] });
  });

  test.each([
    ['FAILED', 'stuck'],
    ['TIMED_OUT', 'timed-out'],
    ['ABORTED', 'aborted'],
  ] as const)('an execution that %s is %s', (status, expected) => {
    expect(record(status, reserved).status).toBe(expected);
  });
});

describe('the turn of a saga', () => {
  test('is undefined while it goes forward', () => {
    expect(turnOf([...reserved, ...captured, entered('ArrangeDelivery')])).toBeUndefined();
  });

  test('is the step that failed or was refused, once a compensation was entered', () => {
    const timedOut = visited('ProcessPayment', { Error: 'States.Timeout', Cause: '' });
    expect(turnOf([...reserved, ...timedOut])).toBeUndefined();
    expect(turnOf([...reserved, ...timedOut, entered('RefundPayment')])).toEqual({
      step: 'ProcessPayment',
      reason: 'ProcessPayment failed: States.Timeout',
    });
    const refused = visited('ArrangeDelivery', { outcome: 'refused', reason: 'not served' });
    expect(turnOf([...reserved, ...captured, ...refused, entered('RefundPayment')])).toEqual({
      step: 'ArrangeDelivery',
      reason: 'not served',
    });
  });
});
