import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { takingTurns } from '../../../shared/decide/in-turn.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { releaseOnCancel } from '../policies/release-on-cancel.ts';
import { releaseInventory, skusOf, stock } from '../stock.ts';

const run = commands();
const inTurn = takingTurns();

export const handler = consume(
  reacting(releaseOnCancel, (order, context) =>
    inTurn(skusOf(order), () =>
      run.executeAll(stock, skusOf(order), context, (stocks) => releaseInventory(stocks, order)),
    ),
  ),
  means(),
);
