import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { reviews } from '../projections/reviews.ts';

export const handler = consume(projecting(reviews, views()), means());
