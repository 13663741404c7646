import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { preferences } from '../projections/preferences.ts';

export const handler = consume(projecting(preferences, views()), means());
