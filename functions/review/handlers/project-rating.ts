import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { rating } from '../projections/rating.ts';

export const handler = consume(projecting(rating, views()), means());
