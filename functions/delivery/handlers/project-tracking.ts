import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { tracking } from '../projections/tracking.ts';

export const handler = consume(projecting(tracking, views()), means());
