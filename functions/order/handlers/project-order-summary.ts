import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { deadLetters, views } from '../../../shared/wire/resources.ts';
import { orderSummary } from '../projections/order-summary.ts';

export const handler = consume(projecting(orderSummary, views()), deadLetters());
