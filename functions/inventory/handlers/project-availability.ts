import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { availability } from '../projections/availability.ts';

export const handler = consume(projecting(availability, views()), means());
