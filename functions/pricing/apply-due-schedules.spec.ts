import { beforeEach, describe, expect, it } from 'vitest';
import { commandHandler, type CommandHandler } from '../../shared/decide/command-handler.ts';
import { TransientError } from '../../shared/errors/mesh-error.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock, testTime } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { applyDueSchedules } from './apply-due-schedules.ts';
import { PriceSet } from './events.ts';
import { price, schedulePrice, setPrice } from './price.ts';
import { schedules, type Schedule } from './projections/schedules.ts';

const MINUTE = 60_000;
const LOOK_BACK = 15 * MINUTE;
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const at = (minutes: number): Date => new Date(testTime + minutes * MINUTE);

let events: ReturnType<typeof memoryEventStore>;
let views: ReturnType<typeof memoryProjectionStore>;
let run: CommandHandler;
let failures: Schedule[];

beforeEach(() => {
  events = memoryEventStore();
  views = memoryProjectionStore();
  run = commandHandler(events, fixedClock());
  failures = [];
});

/** Schedules a price at the test time, and projects it unless told otherwise. */
const schedule = async (sku: string, amount: number, inMinutes: number, projected = true): Promise<void> => {
  const scheduleId = `${sku}-${amount}`;
  const wish = { scheduleId, price: eur(amount), from: at(inMinutes).toISOString() };
  const { events: written } = await run.execute(price, sku, commandContext(scheduleId), (state) =>
    schedulePrice(sku, state, wish, at(0)),
  );
  if (projected)
    await projecting(schedules, views).process(written.map((event) => ({ key: event.aggregateId, event })));
};
const set = (sku: string, amount: number, minutes: number) =>
  run.execute(price, sku, commandContext(`set ${sku} ${amount} ${minutes}`), (state) =>
    setPrice(sku, state, { price: eur(amount) }, at(minutes)),
  );
const apply = (minutes: number, lookBackMs = LOOK_BACK, commands: Pick<CommandHandler, 'execute'> = run) =>
  applyDueSchedules({ views, commands, failed: (failed) => failures.push(failed) })(at(minutes), lookBackMs);
const amount = async (sku: string) => (await run.state(price, sku)).current?.price.amount;

describe('what applies scheduled prices', () => {
  it('brings a price into effect in its minute, not before, and once', async () => {
    await set('A', 500, 0);
    await schedule('A', 400, 2.5);
    expect(await apply(2.4)).toStrictEqual({ applied: 0, failed: 0 });
    expect(await amount('A')).toBe(500);
    expect(await apply(2.5)).toStrictEqual({ applied: 1, failed: 0 });
    expect(await amount('A')).toBe(400);
    await set('A', 500, 3);
    expect(await apply(3.5)).toStrictEqual({ applied: 0, failed: 0 });
    expect(await amount('A')).toBe(500);
  });

  it('keeps the schedule as the cause, in its correlation', async () => {
    await schedule('A', 400, 1);
    await apply(1);
    const [asked, written] = await events.readFrom(price.definition, 'A', at(0).toISOString());
    expect(written && PriceSet.is(written)).toBe(true);
    expect(written?.metadata).toMatchObject({
      causationId: asked?.eventId,
      correlationId: asked?.metadata.correlationId,
      userId: 'user-1',
    });
  });

  it('looks back over the minutes that it missed, and further when it is told to', async () => {
    await schedule('A', 400, 1);
    expect(await apply(30)).toStrictEqual({ applied: 0, failed: 0 });
    expect(await apply(30, 60 * MINUTE)).toStrictEqual({ applied: 1, failed: 0 });
    await schedule('B', 400, 1);
    expect(await apply(16)).toStrictEqual({ applied: 1, failed: 0 });
  });

  it('does not let an earlier price that shows late undo a later one', async () => {
    await schedule('A', 300, 5);
    await schedule('A', 200, 4, false);
    await apply(5);
    expect(await amount('A')).toBe(300);
    for await (const event of events.readAll())
      await projecting(schedules, views).process([{ key: event.aggregateId, event }]);
    expect(await apply(6)).toStrictEqual({ applied: 0, failed: 0 });
    expect(await amount('A')).toBe(300);
  });

  it('applies all of a busy minute', async () => {
    for (let n = 0; n < 250; n += 1) await schedule(`SKU-${n}`, 400, 1);
    expect(await apply(1)).toStrictEqual({ applied: 250, failed: 0 });
  });

  it('goes on where one fails, which is told and tried again', async () => {
    await schedule('A', 400, 1);
    await schedule('B', 400, 1);
    const flaky: Pick<CommandHandler, 'execute'> = {
      execute: async (aggregate, sku, ...rest) => {
        if (sku === 'A') throw new TransientError('down', 'not now');
        return run.execute(aggregate, sku, ...rest);
      },
    };
    expect(await apply(1, LOOK_BACK, flaky)).toStrictEqual({ applied: 1, failed: 1 });
    expect(failures).toMatchObject([{ sku: 'A', scheduleId: 'A-400' }]);
    expect(await apply(2)).toStrictEqual({ applied: 1, failed: 0 });
    expect(await amount('A')).toBe(400);
  });
});
