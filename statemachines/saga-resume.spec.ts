import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resumeSaga, type Resumed } from '../functions/order/resume-saga.ts';
import type { DescribedExecution, SagaExecutions } from '../functions/order/saga-executions.ts';
import type { StepResult } from '../shared/orchestrate/saga-task.ts';
import { testTime } from '../shared/testing/envelope-of.ts';
import { runMachine, type MachineRun, type TaskEnd } from './testing/run-machine.ts';
import { orderId, sagaWorld, total, type SagaWorld } from './testing/saga-world.ts';

/**
 * What befalls one state's work: it is done; it fails before or after it acted, retries included; its provider's
 * circuit is open; the whole execution ends before or after it acted; the customer is erased first.
 */
const fates = [
  'done',
  'done',
  'fails before',
  'fails after',
  'later',
  'ends before',
  'ends after',
  'erased',
] as const;
type Fate = (typeof fates)[number];
type Carrier = 'accepts' | 'refuses' | 'silent' | 'late';

const CALLS_A_PROVIDER = new Set(['ProcessPayment', 'RefundPayment', 'ArrangeDelivery', 'CancelDelivery']);
const later: StepResult = { outcome: 'later', reason: 'the circuit is open' };

/** The executions of one saga in memory, each run to its end when it is started. */
const executionsOf = (world: SagaWorld, draw: () => Fate, carrier: Carrier) => {
  const runs: (DescribedExecution & MachineRun)[] = [];
  const attempted = new Set<string>();

  const act = async (command: string, reason: string): Promise<StepResult | undefined> => {
    attempted.add(command);
    const result = await world.perform(command, reason);
    if (command !== 'ArrangeDelivery') return result;
    if (result.outcome !== 'requested') return world.answered();
    return carrier === 'accepts' || carrier === 'refuses'
      ? world.carrierAnswers(carrier === 'accepts')
      : undefined;
  };
  const task = async (command: string, reason: string): Promise<TaskEnd> => {
    const fate = draw();
    if (fate === 'erased') world.erase();
    if (fate === 'ends before') return { kind: 'aborted' };
    if (fate === 'fails before') return { kind: 'failed', error: 'States.TaskFailed' };
    if (fate === 'later' && CALLS_A_PROVIDER.has(command)) return { kind: 'result', result: later };
    const result = await act(command, reason);
    if (fate === 'ends after') return { kind: 'aborted' };
    // A carrier that does not answer is a step that times out.
    if (fate === 'fails after' || !result) return { kind: 'failed', error: 'States.Timeout' };
    return { kind: 'result', result };
  };
  const executions: SagaExecutions = {
    of: async () => runs,
    history: async (name) => runs.find((run) => run.name === name)?.history ?? [],
    start: async (name, input) => {
      let elapsed = 0;
      const run = await runMachine(input, {
        elapsed: () => (elapsed += 1),
        wait: () => (elapsed += 10),
        task,
      });
      const at = new Date(testTime);
      runs.push({ ...run, name, sagaId: orderId, startedAt: at, endedAt: at, input });
    },
    stop: async () => undefined,
    list: async function* () {
      yield* runs;
    },
  };
  return { runs, executions, attempted };
};

/** Promise 9: whole either way, by the aggregates and by the providers' own books. */
const expectWhole = async (world: SagaWorld): Promise<void> => {
  const stands = await world.stands();
  const { order, held, reserved, parcelBooked } = stands;
  if (order === 'confirmed') {
    expect(stands).toEqual({
      order,
      payment: 'processed',
      delivery: 'arranged',
      reserved: 2,
      held: total.amount,
      parcelBooked: true,
    });
  } else {
    expect({ order, held, reserved, parcelBooked }).toEqual({
      order: 'cancelled',
      held: 0,
      reserved: 0,
      parcelBooked: false,
    });
    expect(['none', 'failed', 'refunded']).toContain(stands.payment);
    expect(['none', 'cancelled']).toContain(stands.delivery);
  }
};

const play = async (drawn: readonly Fate[], carrier: Carrier): Promise<Resumed[]> => {
  const world = await sagaWorld();
  const left = [...drawn];
  const { runs, executions, attempted } = executionsOf(world, () => left.shift() ?? 'done', carrier);
  const removed = { remove: async () => undefined };
  const resume = resumeSaga({ executions, stalled: removed, store: world.store });
  const resumed: Resumed[] = [];
  // Also the start is a resume: of a saga whose start was lost.
  while (runs.at(-1)?.status !== 'SUCCEEDED') resumed.push(await resume(orderId, new Date(testTime), 'ops'));
  await expectWhole(world);

  // What comes late changes nothing: the carrier's answer, and attempts of steps that everybody has given up.
  if (carrier === 'late') await world.carrierAnswers(true);
  for (const command of ['ReserveInventory', 'ProcessPayment', 'ArrangeDelivery', 'ConfirmOrder']) {
    if (attempted.has(command)) await world.perform(command, 'late');
  }
  await expectWhole(world);
  return resumed;
};

const hows = async (drawn: readonly Fate[], carrier: Carrier = 'accepts') =>
  (await play(drawn, carrier)).map(({ how }) => how);

describe('a saga that is resumed ends whole (promise 9)', () => {
  it('when nothing happened to it', async () => {
    expect(await hows([])).toEqual(['started']);
  });

  it.each<Fate>(['ends before', 'ends after'])(
    'gone on, when it %s a step was done on its way forward',
    async (ends) => {
      expect(await hows([ends])).toEqual(['started', 'gone-on']);
      expect(await hows(['done', ends])).toEqual(['started', 'gone-on']);
      expect(await hows(['done', 'done', ends])).toEqual(['started', 'gone-on']);
      expect(await hows(['done', 'done', 'done', ends])).toEqual(['started', 'gone-on']);
    },
  );

  it('taken back, when a compensation failed after its fence: the carrier is told in the end', async () => {
    const stuck: Fate[] = ['done', 'done', 'fails after', 'fails before'];
    expect(await hows(stuck, 'accepts')).toEqual(['started', 'taken-back']);
  });

  it('taken back, when its customer was erased before the carrier was asked, or asked again', async () => {
    for (const drawn of [
      ['erased'],
      ['done', 'done', 'erased'],
      ['done', 'done', 'ends after', 'erased'],
    ] as const) {
      const world = await sagaWorld();
      const left: Fate[] = [...drawn];
      const { runs, executions } = executionsOf(world, () => left.shift() ?? 'done', 'silent');
      const removed = { remove: async () => undefined };
      const resume = resumeSaga({ executions, stalled: removed, store: world.store });
      while (runs.at(-1)?.status !== 'SUCCEEDED') await resume(orderId, new Date(testTime), 'ops');
      expect(await world.stands()).toMatchObject({ order: 'cancelled', delivery: 'cancelled', held: 0 });
      await expectWhole(world);
    }
  });

  it('as confirmed, when only the answer to the confirmation was lost, and SettleOrder failed', async () => {
    const stuck: Fate[] = ['done', 'done', 'done', 'fails after', 'fails before'];
    expect(await hows(stuck)).toEqual(['started', 'taken-back']);
  });

  it('taken back, when the circuit stayed open for too long in a compensation', async () => {
    const open = Array.from({ length: 25 }, (): Fate => 'later');
    expect(await hows(['done', 'fails after', ...open])).toEqual(['started', 'taken-back']);
  });

  it('whatever befalls each of its states, and each of those that resume it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...fates), { maxLength: 25 }),
        fc.constantFrom<Carrier>('accepts', 'refuses', 'silent', 'late'),
        async (drawn, carrier) => {
          await play(drawn, carrier);
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);
});
