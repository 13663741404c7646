import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { offers } from '../projections/offers.ts';

export const handler = consume(projecting(offers, views()), means());
