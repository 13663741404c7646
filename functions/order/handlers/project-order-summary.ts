import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { orderSummary } from '../projections/order-summary.ts';

export const handler = consume(projecting(orderSummary, views()), means());
