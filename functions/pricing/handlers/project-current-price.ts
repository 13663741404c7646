import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { currentPrice } from '../projections/current-price.ts';

export const handler = consume(projecting(currentPrice, views()), means());
