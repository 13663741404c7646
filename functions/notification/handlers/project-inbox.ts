import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { inbox } from '../projections/inbox.ts';

export const handler = consume(projecting(inbox, views()), means());
