import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { lifetimeValue } from '../projections/lifetime-value.ts';

export const handler = consume(projecting(lifetimeValue, views()), means());
