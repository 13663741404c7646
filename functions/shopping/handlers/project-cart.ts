import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { cart } from '../projections/cart.ts';

export const handler = consume(projecting(cart, views()), means());
