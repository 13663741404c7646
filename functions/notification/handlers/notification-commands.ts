import { z } from 'zod';
import { customerId as customerIdSchema } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { preferences, setPreferences } from '../preferences.ts';

const run = commands();
const api = httpApi(onceForCommands());

api.command(
  'put',
  '/customers/:customerId/notification-preferences',
  command.setPreferences,
  async ({ params, body, context }) => {
    const { customerId } = parse(z.object({ customerId: customerIdSchema }), params, 'path');
    const wishes = { ...body, customerId };
    return accepted(
      { customerId },
      await run.execute(preferences, customerId, context, (state) => setPreferences(state, wishes)),
    );
  },
);

export const { handler } = api;
