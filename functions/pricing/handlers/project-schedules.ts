import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { schedules } from '../projections/schedules.ts';

export const handler = consume(projecting(schedules, views()), means());
