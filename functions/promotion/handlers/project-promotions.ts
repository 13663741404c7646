import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { promotions } from '../projections/promotions.ts';

export const handler = consume(projecting(promotions, views()), means());
