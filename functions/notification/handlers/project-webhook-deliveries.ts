import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { webhookDeliveries } from '../projections/webhook-deliveries.ts';

export const handler = consume(projecting(webhookDeliveries, views()), means());
