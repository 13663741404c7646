import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { paymentOfOrder } from '../projections/payment-of-order.ts';

export const handler = consume(projecting(paymentOfOrder, views()), means());
