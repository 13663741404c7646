import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi, noBody } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import { completeDelivery, delivery, dispatchDelivery } from '../delivery.ts';

const run = commands();
const api = httpApi(onceForCommands());

api.command('post', '/deliveries/:orderId/dispatch', noBody, async ({ params: { orderId = '' }, context }) =>
  accepted({ orderId }, await run.execute(delivery, orderId, context, dispatchDelivery)),
);

api.command('post', '/deliveries/:orderId/complete', noBody, async ({ params: { orderId = '' }, context }) =>
  accepted({ orderId }, await run.execute(delivery, orderId, context, completeDelivery)),
);

export const { handler } = api;
