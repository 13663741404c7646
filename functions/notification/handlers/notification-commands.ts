import { z } from 'zod';
import { customerId as customerIdSchema } from '../../../shared/define/identifiers.ts';
import { reachOf } from '../../../shared/call/public-address.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { sealUnlessSame } from '../../../shared/protect/seal-unless-same.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands, ownedAggregates, setting } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { preferences, setPreferences } from '../preferences.ts';
import { signingSecretOf } from '../signing-secret.ts';
import { webhookCommands } from '../webhook-commands.ts';

const run = commands();
const vault = personalData();
const api = httpApi(onceForCommands());

api.command(
  'put',
  '/customers/:customerId/notification-preferences',
  command.setPreferences,
  async ({ params, body, context }) => {
    const { customerId } = parse(z.object({ customerId: customerIdSchema }), params, 'path');
    const standing = await run.state(preferences, customerId);
    const known = standing.status === 'set' ? standing.email : undefined;
    const wishes = { ...body, customerId, email: await sealUnlessSame(vault, customerId, body.email, known) };
    return accepted(
      { customerId },
      await run.execute(preferences, customerId, context, (state) => setPreferences(state, wishes)),
    );
  },
);

const master = setting('WEBHOOK_MASTER_SECRET');
webhookCommands(api, {
  commands: run,
  owned: ownedAggregates(),
  reach: reachOf(setting('WEBHOOK_TARGETS')),
  secretOf: (webhookId) => signingSecretOf(master, webhookId),
});

export const { handler } = api;
