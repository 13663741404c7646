import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { envelopeOf, testEventId, testTime } from '../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { order, OrderSubmitted } from './events.ts';
import { submissions } from './projections/submissions.ts';
import type { DescribedExecution, ExecutionStatus, SagaExecutions } from './saga-executions.ts';
import type { StalledSaga, StalledSagas } from './stalled-sagas.ts';
import { watchSagas } from './watch-sagas.ts';

const MINUTE = 60_000;
const idOf = (name: string): string => `ada.${testEventId(name)}`;
const at = (minutesAgo: number): Date => new Date(testTime - minutesAgo * MINUTE);
const watched = { lookBackMs: 15 * MINUTE, startWithinMs: 5 * MINUTE };

let runs: DescribedExecution[];
/** The sagas that were looked at one by one. */
let looked: string[];
let list: Map<string, StalledSaga>;
let statuses: Map<string, string>;
let views: ReturnType<typeof memoryProjectionStore>;

beforeEach(() => {
  runs = [];
  looked = [];
  list = new Map();
  statuses = new Map();
  views = memoryProjectionStore();
});

const ran = (
  orderId: string,
  status: ExecutionStatus,
  minutesAgo: number,
  more: Partial<DescribedExecution> = {},
) => {
  const times = { startedAt: at(minutesAgo), ...(status !== 'RUNNING' && { endedAt: at(minutesAgo - 1) }) };
  // Only what the watcher reads of an input: nothing.
  runs.push({
    name: orderId,
    sagaId: orderId,
    status,
    ...times,
    input: {} as DescribedExecution['input'],
    ...more,
  });
};

const submit = async (orderId: string, minutesAgo: number): Promise<void> => {
  statuses.set(orderId, 'submitted');
  const event = OrderSubmitted.of({
    customerId: 'ada',
    lines: [{ sku: 'chair', quantity: 1, unitPrice: { amount: 1, currency: 'EUR' } }],
    total: { amount: 1, currency: 'EUR' },
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  });
  const envelope = envelopeOf(event, { aggregateId: orderId, occurredOn: at(minutesAgo).toISOString() });
  await projecting(submissions, views).process([deliveryOf(order, envelope)]);
};

const executions: Pick<SagaExecutions, 'of' | 'list'> = {
  of: async (sagaId) => {
    looked.push(sagaId);
    return runs.filter((run) => run.sagaId === sagaId);
  },
  list: async function* (status, since) {
    for (const run of runs.toSorted((a, b) => changedAt(b).getTime() - changedAt(a).getTime())) {
      if (changedAt(run) < since) return;
      if (status === undefined || run.status === status) yield run;
    }
  },
};
/** By which Step Functions lists: an end, or the start of what still runs (sfn-saga-executions.spec.ts). */
const changedAt = ({ startedAt, endedAt }: DescribedExecution): Date => endedAt ?? startedAt;
const stalled: StalledSagas = {
  put: async (saga) => void list.set(saga.orderId, saga),
  remove: async (orderId) => void list.delete(orderId),
  list: async ({ limit, after }) => {
    const items = [...list.values()].filter(({ orderId }) => after === undefined || orderId > after);
    const page = items.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1)).slice(0, limit);
    return { items: page, next: page.length < items.length ? page.at(-1)?.orderId : undefined };
  },
};
const watch = (options = watched, now = new Date(testTime)): Promise<number> =>
  watchSagas({
    executions,
    views,
    stalled,
    isSubmitted: async (orderId) => statuses.get(orderId) === 'submitted',
  })(now, options);

describe('the watcher of sagas (SAG-07)', () => {
  it('finds nothing where all is well', async () => {
    ran(idOf('confirmed'), 'SUCCEEDED', 8);
    ran(idOf('at work'), 'RUNNING', 4);
    await submit(idOf('confirmed'), 8);
    await submit(idOf('just now'), 1);
    expect(await watch()).toBe(0);
    expect([...list]).toEqual([]);
  });

  it.each([
    ['FAILED', { error: 'CompensationFailed' }, 'stuck'],
    ['FAILED', { error: 'States.Runtime' }, 'failed'],
    ['TIMED_OUT', {}, 'timed-out'],
    ['ABORTED', {}, 'aborted'],
  ] as const)('finds an execution that %s with %j', async (status, more, kind) => {
    const orderId = idOf('badly');
    ran(orderId, status, 8, more);
    expect(await watch()).toBe(1);
    expect(list.get(orderId)).toEqual({ orderId, kind, since: at(7).toISOString(), execution: orderId });
  });

  it('finds one that runs past its five minutes, however long ago it began', async () => {
    const orderId = idOf('for ever');
    ran(orderId, 'RUNNING', 600);
    ran(idOf('at its limit'), 'RUNNING', 5);
    expect(await watch()).toBe(1);
    expect(list.get(orderId)).toMatchObject({ kind: 'overdue', since: at(595).toISOString() });
  });

  it('finds one that began long before it ended badly, and what ended before it did', async () => {
    const [long, short] = [idOf('long'), idOf('short')];
    ran(long, 'FAILED', 600, { endedAt: at(1), error: 'CompensationFailed' });
    ran(short, 'ABORTED', 4);
    expect(await watch()).toBe(2);
    expect([...list.keys()].toSorted()).toEqual([long, short].toSorted());
  });

  it('suspects no order whose saga began, for the sake of one that ended after hours', async () => {
    ran(idOf('long'), 'SUCCEEDED', 600, { endedAt: at(1) });
    await submit(idOf('started'), 7);
    ran(idOf('started'), 'SUCCEEDED', 7);
    await watch();
    expect(looked).toEqual([]);
  });

  it('finds an order whose saga never started, and not one that was cancelled meanwhile', async () => {
    await submit(idOf('lost'), 7);
    await submit(idOf('cancelled'), 7);
    statuses.set(idOf('cancelled'), 'cancelled');
    await submit(idOf('started'), 7);
    ran(idOf('started'), 'SUCCEEDED', 7);
    expect(await watch()).toBe(1);
    expect(list.get(idOf('lost'))).toEqual({
      orderId: idOf('lost'),
      kind: 'not-started',
      since: at(7).toISOString(),
    });
  });

  it('goes by the newest execution: what was resumed is at work or done', async () => {
    const orderId = idOf('resumed');
    ran(orderId, 'FAILED', 9, { error: 'CompensationFailed' });
    ran(orderId, 'RUNNING', 2, { name: `${orderId}-2` });
    expect(await watch()).toBe(0);
  });

  it('keeps what is still stalled on the list, whatever its age, and takes off what is not', async () => {
    const [old, mended, started] = [idOf('old'), idOf('mended'), idOf('started late')];
    ran(old, 'TIMED_OUT', 10_000);
    ran(mended, 'FAILED', 10_000);
    ran(mended, 'SUCCEEDED', 9_000, { name: `${mended}-2` });
    ran(started, 'RUNNING', 1);
    for (const orderId of [old, mended, started])
      list.set(orderId, { orderId, kind: 'stuck', since: 'then' });
    expect(await watch()).toBe(1);
    expect([...list.values()]).toMatchObject([{ orderId: old, kind: 'timed-out' }]);
  });

  it('looks further back when it is told to', async () => {
    await submit(idOf('lost'), 90);
    ran(idOf('badly'), 'FAILED', 90);
    expect(await watch()).toBe(0);
    expect(await watch({ ...watched, lookBackMs: 120 * MINUTE })).toBe(2);
    expect([...list.keys()].toSorted()).toEqual([idOf('badly'), idOf('lost')].toSorted());
  });

  it.each([16, 45, 100, 24 * 60])(
    'finds an order that was told %i minutes late by the time that it is twice as old',
    async (minutes) => {
      const orderId = idOf('lost');
      await submit(orderId, 0);
      const runs = Array.from({ length: minutes + 2 }, (_, i) => at(-minutes - i));
      for (const now of runs) if (!list.has(orderId)) await watch(watched, now);
      expect(list.get(orderId)).toMatchObject({ kind: 'not-started', since: at(0).toISOString() });
    },
  );

  it('finds one that was told as late as the stream and the topic can hold it back', async () => {
    const [days, minutes] = [8, 15_360];
    expect(minutes).toBeGreaterThan(days * 24 * 60);
    await submit(idOf('lost'), minutes + 1);
    expect(await watch()).toBe(1);
  });

  it('looks at no saga of an old order that is through', async () => {
    for (const minutes of [31, 61, 121]) {
      await submit(idOf(`order ${minutes}`), minutes);
      statuses.set(idOf(`order ${minutes}`), 'confirmed');
    }
    expect(await watch()).toBe(0);
    expect(looked).toEqual([]);
  });

  it('sees every order of a busy minute', async () => {
    const orders = Array.from({ length: 250 }, (_, i) => idOf(`order ${i}`));
    for (const orderId of orders) await submit(orderId, 7);
    expect(await watch()).toBe(250);
    expect(await watch()).toBe(250);
  });
});
