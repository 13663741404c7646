import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { purchases } from '../projections/purchases.ts';

export const handler = consume(projecting(purchases, views()), means());
