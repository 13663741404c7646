import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { z } from 'zod';
import { systemClock } from '../../../shared/define/clock.ts';
import { parse } from '../../../shared/define/parse.ts';
import { logger, metrics, observed } from '../../../shared/observe/telemetry.ts';
import { commands, views } from '../../../shared/wire/resources.ts';
import { applyDueSchedules } from '../apply-due-schedules.ts';

const apply = applyDueSchedules({
  views: views(),
  commands: commands(),
  failed: ({ sku, scheduleId }, error) =>
    logger.error('scheduled price not applied', { sku, scheduleId, error }),
});

/** Minutes, for a call by hand: after the schedule stood still, look further back. The schedule gives none. */
const request = z.object({ lookBackMinutes: z.number().min(0).max(10_080).default(15) });

export const handler = observed(async (event: unknown) => {
  const { lookBackMinutes } = parse(request, event, 'apply');
  const { applied, failed } = await apply(systemClock.now(), lookBackMinutes * 60_000);
  // Written also when it is zero: an alarm can tell a good count from a function that has stopped.
  metrics.addMetric('SchedulesFailed', MetricUnit.Count, failed);
  metrics.addMetric('SchedulesApplied', MetricUnit.Count, applied);
  logger.info('scheduled prices looked at', { applied, failed });
  return { applied, failed };
});
