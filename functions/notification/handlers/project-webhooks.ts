import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { webhooks } from '../projections/webhooks.ts';

export const handler = consume(projecting(webhooks, views()), means());
