import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { history } from '../projections/history.ts';

export const handler = consume(projecting(history, views()), means());
