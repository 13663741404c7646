import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { profile } from '../projections/profile.ts';

export const handler = consume(projecting(profile, views()), means());
