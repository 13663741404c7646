import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { search } from '../projections/search.ts';

export const handler = consume(projecting(search, views()), means());
