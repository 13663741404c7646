import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import {
  BASELINE_MINUTES,
  BUDGET_MINUTES,
  findInMinute,
  minutesUpTo,
  type Finding,
} from './find-in-minute.ts';
import { totalsOf } from './minute-totals.ts';
import { minuteOf } from './projections/windows.ts';
import type { ReadMinutes } from './read-minutes.ts';
import { reportFinding, signal as aggregate } from './signal.ts';
import type { Signal } from './signals.ts';

interface WatchMeans {
  readonly commands: Pick<CommandHandler, 'execute'>;
  readonly minutes: ReadMinutes;
  readonly signals: readonly Signal[];
}

interface Watched {
  /** How many minutes are looked at, ending with the last one that is closed. */
  readonly lookBack: number;
  /** W3C trace id of the run. */
  readonly traceId: string;
}

const MINUTE_MS = 60_000;
/** What events may take from their decision to their window. */
const CLOSED_AFTER_MS = 30_000;
const EMPTY = totalsOf([]);

/** The last minute that ended long enough ago to be counted in full. */
export const lastClosed = (now: Date): string =>
  minuteOf(new Date(now.getTime() - CLOSED_AFTER_MS - MINUTE_MS).toISOString());

/**
 * Looks at the last closed minutes, the oldest first, and reports what it finds of each signal. A minute is looked at
 * by several runs, and takes effect once: its command's id follows from signal and minute.
 * @returns how much was news
 */
export const watchSignals =
  ({ commands, minutes, signals }: WatchMeans) =>
  async (now: Date, { lookBack, traceId }: Watched): Promise<number> => {
    const last = lastClosed(now);
    const before = Math.max(BASELINE_MINUTES, BUDGET_MINUTES - 1);
    const totals = await minutes(minutesUpTo(last, lookBack + before), now);

    const report = async (name: string, finding: Finding): Promise<number> => {
      const commandId = `observability.evaluate#${name}#${finding.minute}`;
      const context = { commandId, correlationId: commandId, causationId: commandId, traceId };
      const { events, repeated } = await commands.execute(aggregate, name, context, (state) =>
        reportFinding(state, name, finding),
      );
      return repeated ? 0 : events.length;
    };

    let news = 0;
    for (const minute of minutesUpTo(last, lookBack)) {
      for (const signal of signals) {
        const finding = findInMinute(signal, minute, (each) => totals.get(each) ?? EMPTY);
        if (finding) news += await report(signal.name, finding);
      }
    }
    return news;
  };
