import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { skuSales } from '../projections/sku-sales.ts';

export const handler = consume(projecting(skuSales, views()), means());
