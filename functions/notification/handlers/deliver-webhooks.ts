import { reachOf } from '../../../shared/call/public-address.ts';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { circuitOf } from '../../../shared/wire/circuit-of.ts';
import { onceForEffects } from '../../../shared/wire/once.ts';
import { commands, means, setting } from '../../../shared/wire/resources.ts';
import { delivering } from '../delivering.ts';
import { httpWebhookPoster } from '../http-webhook-poster.ts';
import { deliverWebhooks } from '../policies/deliver-webhooks.ts';
import { signingSecretOf } from '../signing-secret.ts';

const once = onceForEffects();
const master = setting('WEBHOOK_MASTER_SECRET');

const deliver = delivering({
  commands: commands(),
  once,
  poster: httpWebhookPoster(reachOf(setting('WEBHOOK_TARGETS'))),
  circuitOf: (webhookId) => circuitOf(`webhook-${webhookId}`),
  secretOf: (webhookId) => signingSecretOf(master, webhookId),
  now: () => new Date(),
});

export const handler = consume(reacting(deliverWebhooks, deliver), { ...means(), begin: once.forInvocation });
