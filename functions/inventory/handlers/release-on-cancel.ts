import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { releaseOnCancel } from '../policies/release-on-cancel.ts';
import { releaseInventory, skusOf, stock } from '../stock.ts';

const run = commands();

export const handler = consume(
  reacting(releaseOnCancel, (order, context) =>
    run.executeAll(stock, skusOf(order), context, (stocks) => releaseInventory(stocks, order)),
  ),
  means(),
);
