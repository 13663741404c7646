import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { priceHistory } from '../projections/price-history.ts';

export const handler = consume(projecting(priceHistory, views()), means());
