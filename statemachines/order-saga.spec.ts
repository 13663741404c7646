import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REFUSES_FOR_MS } from '../shared/call/circuit.ts';

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number | string;
  readonly Arguments?: { readonly Payload: { readonly command: string } };
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly {
    readonly Condition: string;
    readonly Next: string;
    readonly Assign?: object;
  }[];
  readonly Timestamp?: string;
  readonly Default?: string;
  readonly Next?: string;
  readonly Error?: string;
}

const machine = JSON.parse(readFileSync(new URL('order-saga.asl.json', import.meta.url), 'utf8')) as {
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

const state = (name: string): State => {
  const found = machine.States[name];
  if (!found) throw new Error(`no state ${name}`);
  return found;
};

const STEPS = ['ReserveInventory', 'ProcessPayment', 'ArrangeDelivery', 'ConfirmOrder'];
const COMPENSATIONS = ['CancelDelivery', 'RefundPayment', 'ReleaseInventory', 'CancelOrder'];
const serverless = readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8');

/** The default of a parameter in serverless.yml, which is production's, in seconds. */
const parameter = (reference: number | string | undefined): number => {
  const name = /^\$\{param:(\w+)\}$/.exec(String(reference))?.[1] ?? '';
  const value = new RegExp(`^ {4}${name}: (\\d+)$`, 'm').exec(serverless)?.[1];
  if (!value) throw new Error(`serverless.yml has no default for ${String(reference)}`);
  return Number(value);
};

/** What the saga task functions' own timeout is in functions.yml. */
const TASK_FUNCTION_TIMEOUT = '${param:sagaCompensationSeconds}';

/** The longest a task state can take: every attempt runs into its timeout and no jitter shortens a wait. */
const worstCase = (name: string): number => {
  const { TimeoutSeconds, Retry: [retry] = [], Resource } = state(name);
  if (!retry) throw new Error(`${name} has no retry`);
  const waits = Array.from({ length: retry.MaxAttempts }, (_, i) =>
    Math.min(retry.MaxDelaySeconds, retry.IntervalSeconds * retry.BackoffRate ** i),
  ).reduce((sum, wait) => sum + wait, 0);
  const timeout = parameter(TimeoutSeconds);
  if (!Resource?.endsWith('.waitForTaskToken')) return (retry.MaxAttempts + 1) * timeout + waits;
  // Waiting for the carrier is not retried: earlier attempts are those whose function ran out of its own time.
  return retry.MaxAttempts * parameter(TASK_FUNCTION_TIMEOUT) + waits + timeout;
};

/** Where a state leads when all goes well: no circuit is open, and the saga is no resumed one. */
const onwards = (name: string): string | undefined => {
  const { Type, Choices = [], Default, Next } = state(name);
  if (Type !== 'Choice') return Next;
  return Choices.find(({ Condition }) => !/'later'|takeBack|goOnAt/.test(Condition))?.Next ?? Default;
};

/** Where a saga ends up when every state from here on succeeds at what it is for. */
const compensationsAfter = (name: string): string[] => {
  const path: string[] = [];
  for (let at: string | undefined = name; at; at = onwards(at)) {
    if (state(at).Type !== 'Choice') path.push(at);
  }
  return path;
};

/** The states that call a provider, each with the choice that follows it and what can still come after it. */
const PROVIDER_STATES = [
  {
    name: 'ProcessPayment',
    choice: 'IsPaid',
    after: ['ArrangeDelivery', 'ConfirmOrder', 'SettleOrder', ...COMPENSATIONS],
  },
  { name: 'ArrangeDelivery', choice: 'IsArranged', after: ['ConfirmOrder', 'SettleOrder', ...COMPENSATIONS] },
  { name: 'CancelDelivery', choice: 'IsDeliveryCancelled', after: COMPENSATIONS.slice(1) },
  { name: 'RefundPayment', choice: 'IsRefunded', after: COMPENSATIONS.slice(2) },
];

/** The choices for a provider whose circuit is open: the first while there is time to wait, the second after that. */
const whenLater = (choice: string) => {
  const [wait, giveUp, ...others] =
    state(choice).Choices?.filter(({ Condition }) => Condition.includes("outcome = 'later'")) ?? [];
  if (!wait || !giveUp || others.length > 0) throw new Error(`${choice} does not know an open circuit`);
  const patience = /\$millis\(\) < \$toMillis\(\$states\.context\.Execution\.StartTime\) \+ (\d+) /.exec(
    wait.Condition,
  );
  return { wait, giveUp, patienceSeconds: Number(patience?.[1]) / 1_000 };
};

const sum = (names: readonly string[]): number =>
  names.map(worstCase).reduce((total, seconds) => total + seconds, 0);

describe('order saga', () => {
  test('runs reserve, pay, ship, confirm when every outcome is good (SAG-01, C18)', () => {
    const visited: string[] = [];
    for (let at: string | undefined = machine.StartAt; at; at = onwards(at)) visited.push(at);
    expect(visited.filter((name) => state(name).Type === 'Task')).toEqual(STEPS);
    expect(visited.at(-1)).toBe('Confirmed');
  });

  test.each([
    ['ReserveInventory', ['ReleaseInventory', 'CancelOrder']],
    ['ProcessPayment', ['RefundPayment', 'ReleaseInventory', 'CancelOrder']],
    ['ArrangeDelivery', COMPENSATIONS],
  ])(
    'a technical failure of %s, which may have acted, compensates it and all before it, in reverse (SAG-02)',
    (step, compensations) => {
      const [caught] = state(step).Catch ?? [];
      expect(caught?.ErrorEquals).toEqual(['States.ALL']);
      expect(compensationsAfter(caught?.Next ?? '')).toEqual([...compensations, 'Compensated']);
    },
  );

  test('a lost answer of ConfirmOrder is settled by the order itself', () => {
    expect(state('ConfirmOrder').Catch?.[0]?.Next).toBe('SettleOrder');
    expect(state('SettleOrder').Arguments?.Payload.command).toBe('CancelOrder');
    expect(state('IsCancelled').Choices?.[0]?.Next).toBe('CancelDelivery');
    expect(state('IsCancelled').Default).toBe('Confirmed');
  });

  test.each([
    ['IsReserved', ['CancelOrder']],
    ['IsPaid', ['ReleaseInventory', 'CancelOrder']],
    ['IsArranged', ['RefundPayment', 'ReleaseInventory', 'CancelOrder']],
    ['IsConfirmed', COMPENSATIONS],
  ])('a business no at %s compensates only what was done', (choice, compensations) => {
    expect(compensationsAfter(state(choice).Default ?? '')).toEqual([...compensations, 'Compensated']);
  });

  test.each(STEPS)(
    '%s retries technical failures 3 times from 1 s, doubled, capped, with full jitter',
    (step) => {
      expect(state(step).Retry).toHaveLength(1);
      expect(state(step).Retry?.[0]).toMatchObject({
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 3,
        JitterStrategy: 'FULL',
      });
      expect(state(step).Retry?.[0]?.ErrorEquals).toContain('States.TaskFailed');
      expect(state(step).TimeoutSeconds).toBeDefined();
    },
  );

  test.each([...COMPENSATIONS, 'SettleOrder'])(
    '%s is tried more often than any step, and stuck is its own failure',
    (name) => {
      const steps = STEPS.map((step) => state(step).Retry?.[0]?.MaxAttempts ?? 0);
      expect(state(name).Retry?.[0]?.MaxAttempts).toBeGreaterThan(Math.max(...steps));
      expect(state(name).Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'CompensationFailed' }]);
      expect(state('CompensationFailed')).toMatchObject({ Type: 'Fail', Error: 'CompensationFailed' });
    },
  );

  test('an order that will not be cancelled is stuck, not compensated', () => {
    expect(state('IsTakenBack').Default).toBe('CompensationFailed');
  });

  test('ends within 5 minutes whatever fails last (SAG-04)', () => {
    expect(sum([...STEPS, 'SettleOrder', ...COMPENSATIONS])).toBeLessThanOrEqual(machine.TimeoutSeconds);
    expect(machine.TimeoutSeconds).toBe(300);
  });

  describe.each(PROVIDER_STATES)(
    '$name, while the circuit of its provider is open (CON-12)',
    ({ name, choice, after }) => {
      test('waits until the circuit lets it try again, and spends no attempt on it', () => {
        expect(state(name).Next).toBe(choice);
        const waiting = state(whenLater(choice).wait.Next);
        expect(waiting).toMatchObject({
          Type: 'Wait',
          Next: name,
          Timestamp: '{% $states.input.details.retryAt %}',
        });
      });

      test('still leaves every state after it its worst case when it gives up waiting (SAG-04)', () => {
        const { patienceSeconds } = whenLater(choice);
        expect(patienceSeconds).toBeGreaterThan(0);
        const lastTry = REFUSES_FOR_MS / 1_000 + worstCase(name);
        expect(patienceSeconds + lastTry + sum(after)).toBeLessThanOrEqual(machine.TimeoutSeconds);
      });
    },
  );

  test.each([
    ['IsPaid', ['RefundPayment', 'ReleaseInventory', 'CancelOrder']],
    ['IsArranged', COMPENSATIONS],
  ])(
    '%s: a step that was put off for too long is compensated too: an attempt before may have acted',
    (choice, compensations) => {
      const { giveUp } = whenLater(choice);
      expect(compensationsAfter(giveUp.Next)).toEqual([...compensations, 'Compensated']);
      expect(giveUp.Assign).toMatchObject({ failure: { reason: '{% $states.input.reason %}' } });
    },
  );

  test.each(['IsDeliveryCancelled', 'IsRefunded'])(
    '%s: a compensation that was put off for too long is stuck',
    (choice) => {
      const { giveUp } = whenLater(choice);
      expect(giveUp).toMatchObject({
        Next: 'CompensationFailed',
        Assign: { stuck: { error: 'CircuitOpen' } },
      });
    },
  );

  test('a saga that is resumed after it turned round asks the order first, then takes everything back', () => {
    const [resumed] = state('WhereToBegin').Choices ?? [];
    expect(resumed).toMatchObject({
      Condition: '{% $exists($states.input.takeBack) %}',
      Next: 'SettleOrder',
    });
    expect(compensationsAfter('SettleOrder')).toEqual(['SettleOrder', ...COMPENSATIONS, 'Compensated']);
  });

  test('a saga that is resumed on its way forward goes on at any of its steps', () => {
    const [, ...steps] = state('WhereToBegin').Choices ?? [];
    expect(steps).toEqual(
      STEPS.slice(1).map((step) => ({ Condition: `{% $states.input.goOnAt = '${step}' %}`, Next: step })),
    );
    expect(state('WhereToBegin').Default).toBe(STEPS[0]);
  });
});
