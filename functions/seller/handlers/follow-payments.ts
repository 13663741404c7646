import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { followPayments } from '../policies/follow-payments.ts';
import { sale, settleSale } from '../sale.ts';

const run = commands();

export const handler = consume(
  reacting(followPayments, (payment, context) =>
    run.execute(sale, payment.orderId, context, (state) => settleSale(state, payment)),
  ),
  means(),
);
