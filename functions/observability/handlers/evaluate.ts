import { z } from 'zod';
import { systemClock } from '../../../shared/define/clock.ts';
import { parse } from '../../../shared/define/parse.ts';
import { count, currentTraceId, logger, observed } from '../../../shared/observe/telemetry.ts';
import { commands, views } from '../../../shared/wire/resources.ts';
import { readMinutes } from '../read-minutes.ts';
import { signals } from '../signals.ts';
import { watchSignals } from '../watch-signals.ts';

const watch = watchSignals({ commands: commands(), minutes: readMinutes(views()), signals });

/** Minutes, for a call by hand: after the watcher or the windows stood still, look further back. */
const request = z.object({ lookBackMinutes: z.int().min(1).max(1_440).default(5) });

export const handler = observed(async (event: unknown) => {
  const { lookBackMinutes: lookBack } = parse(request, event, 'evaluate');
  const found = await watch(systemClock.now(), { lookBack, traceId: currentTraceId() });
  count('SignalFindings', found);
  logger.info('signals watched', { found });
  return { found };
});
