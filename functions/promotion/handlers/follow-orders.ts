import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { takingTurns } from '../../../shared/decide/in-turn.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { followOrder } from '../follow-order.ts';
import { followOrders } from '../policies/follow-orders.ts';

export const handler = consume(reacting(followOrders, followOrder(commands(), takingTurns())), means());
