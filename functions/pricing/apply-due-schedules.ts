import pMap from 'p-map';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import { allDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { applySchedules, price } from './price.ts';
import { minuteOf, schedules, type Schedule } from './projections/schedules.ts';

export interface ApplyMeans {
  readonly views: Pick<ProjectionStore, 'list'>;
  readonly commands: Pick<CommandHandler, 'execute'>;
  /** Is told of a schedule that could not be applied; the others go on. */
  readonly failed: (schedule: Schedule, error: unknown) => void;
}

export interface Applied {
  /** Schedules that took effect now. */
  readonly applied: number;
  readonly failed: number;
}

const MINUTE_MS = 60_000;
const SKUS_IN_PARALLEL = 16;

/**
 * Brings the scheduled prices of the last minutes into effect. A schedule is a command of its own and the price
 * remembers it, so it takes effect once however often the minutes are looked at.
 */
export const applyDueSchedules =
  ({ views, commands, failed }: ApplyMeans) =>
  async (now: Date, lookBackMs: number): Promise<Applied> => {
    const apply = async ({ sku, scheduleId, cause }: Schedule): Promise<number> => {
      const context = { commandId: `pricing.apply-schedule#${scheduleId}`, ...cause };
      const { events, repeated } = await commands.execute(price, sku, context, (state) =>
        applySchedules(sku, state, now),
      );
      return repeated ? 0 : events.length;
    };
    const due = await scheduledBetween(views, new Date(now.getTime() - lookBackMs), now);
    const ends = await pMap(
      Map.groupBy(due, ({ sku }) => sku).values(),
      async (ofOneSku) => {
        const end = { applied: 0, failed: 0 };
        for (const schedule of ofOneSku) {
          try {
            end.applied += await apply(schedule);
          } catch (error) {
            end.failed += 1;
            failed(schedule, error);
          }
        }
        return end;
      },
      { concurrency: SKUS_IN_PARALLEL },
    );
    return {
      applied: ends.reduce((sum, { applied }) => sum + applied, 0),
      failed: ends.reduce((sum, end) => sum + end.failed, 0),
    };
  };

/** What takes effect from the minute of one instant to another instant, in its order. */
const scheduledBetween = async (
  views: ApplyMeans['views'],
  from: Date,
  to: Date,
): Promise<readonly Schedule[]> => {
  const found: Schedule[] = [];
  const first = Math.floor(from.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let at = first; at <= to.getTime(); at += MINUTE_MS) {
    const minute = minuteOf(new Date(at).toISOString());
    const ofMinute = await allDocuments(views, schedules, minute);
    found.push(...ofMinute.filter((schedule) => schedule.from <= to.toISOString()));
  }
  return found;
};
