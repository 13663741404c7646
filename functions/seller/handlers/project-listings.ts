import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { listings } from '../projections/listings.ts';

export const handler = consume(projecting(listings, views()), means());
