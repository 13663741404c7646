import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { redemptions } from '../projections/redemptions.ts';

export const handler = consume(projecting(redemptions, views()), means());
