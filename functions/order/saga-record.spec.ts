import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { sagaRecord } from './saga-record.ts';

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

const record = (status: string, history: HistoryEvent[]) =>
  sagaRecord({ sagaId: 'c1.o1', status, startedAt: new Date(0), endedAt: undefined, history });

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
});
