import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { cataloguePage } from '../projections/catalogue-page.ts';

export const handler = consume(projecting(cataloguePage, views()), means());
