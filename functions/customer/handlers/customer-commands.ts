import { z } from 'zod';
import { uuidFrom } from '../../../shared/define/clock.ts';
import { customerId as customerIdSchema } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi, noBody } from '../../../shared/http/api.ts';
import { sealUnlessSame } from '../../../shared/protect/seal-unless-same.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands } from '../../../shared/wire/resources.ts';
import { closeAndErase } from '../close-and-erase.ts';
import * as command from '../commands.ts';
import { changeAddress, customer, openCustomer, registerCustomer, verifyCustomer } from '../customer.ts';

const run = commands();
const vault = personalData();
const close = closeAndErase({ commands: run, vault });
const api = httpApi(onceForCommands());
const path = z.object({ customerId: customerIdSchema });

api.command('post', '/customers', command.registerCustomer, async ({ body, context }) => {
  // From the command's id: a repeated request arrives at the same customer.
  const { customerId = uuidFrom(context.commandId), ...who } = body;
  const profile = await vault.seal(customerId, who);
  const outcome = await run.execute(customer, customerId, context, (state) =>
    registerCustomer(state, { customerId, profile }),
  );
  return accepted({ customerId }, outcome);
});

api.command('post', '/customers/:customerId/verify', noBody, async ({ params, context }) => {
  const { customerId } = parse(path, params, 'path');
  return accepted({ customerId }, await run.execute(customer, customerId, context, verifyCustomer));
});

api.command(
  'put',
  '/customers/:customerId/address',
  command.changeAddress,
  async ({ params, body, context }) => {
    const { customerId } = parse(path, params, 'path');
    const present = openCustomer(await run.state(customer, customerId)).address;
    const address = await sealUnlessSame(vault, customerId, body, present);
    return accepted(
      { customerId },
      await run.execute(customer, customerId, context, (state) => changeAddress(state, address)),
    );
  },
);

api.command(
  'post',
  '/customers/:customerId/close',
  command.closeCustomer,
  async ({ params, body, context }) => {
    const { customerId } = parse(path, params, 'path');
    return accepted({ customerId }, await close(customerId, body, context));
  },
);

export const { handler } = api;
