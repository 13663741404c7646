import { createHmac } from 'node:crypto';

/**
 * The secret that a webhook's messages are signed with, in the form of Standard Webhooks. It is derived from the
 * mesh's master secret, so it is kept nowhere: neither an event nor a view can leak it.
 */
export const signingSecretOf = (master: string, webhookId: string): string =>
  `whsec_${createHmac('sha256', master).update(webhookId).digest('base64')}`;
