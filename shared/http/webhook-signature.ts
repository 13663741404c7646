import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { HttpProblem } from './problem.ts';

/** The headers of a signed webhook (Standard Webhooks 1.0, "Webhook Headers"). */
export interface WebhookHeaders {
  /** Names the message: the same on every attempt to deliver it. */
  readonly 'webhook-id': string;
  /** When this attempt was signed, Unix seconds. */
  readonly 'webhook-timestamp': string;
  /** `v1,<base64>`, several of them apart by spaces while a secret is being rotated. */
  readonly 'webhook-signature': string;
}

/**
 * Signs a webhook the way Standard Webhooks has it: HMAC-SHA256 over `<id>.<seconds>.<body>`.
 * @param secret `whsec_<base64>`; the base64 holds 24 to 64 random bytes
 * @param body the bytes that are sent, as text: another spelling of the same JSON has another signature
 */
export const sign = (secret: string, id: string, timestamp: Date, body: string): WebhookHeaders => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
  'webhook-signature': new Webhook(secret).sign(id, timestamp, body),
});

/**
 * The secrets in a setting that holds several, apart by blanks.
 * @throws Error when there is none: nothing could ever be verified
 */
export const secretsIn = (setting: string): readonly string[] => {
  const secrets = setting.split(/\s+/).filter((secret) => secret !== '');
  if (secrets.length === 0) throw new Error('a source of webhooks needs a secret that they are signed with');
  return secrets;
};

/**
 * Checks a webhook before anything of its body is believed: signed with one of the secrets, at most five minutes
 * ago or ahead (the tolerance of Standard Webhooks).
 * @param secrets all that are valid: two while a sender changes from one to the other
 * @param headers by their names in small letters
 * @param body as it came, not parsed
 * @returns the webhook's id
 * @throws HttpProblem 401 `webhook-not-verified`
 */
export const verify = (
  secrets: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
): string => {
  const signed = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  };
  let detail = 'no secret is known for this source';
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(body, signed, { jsonParse: false });
      return signed['webhook-id'];
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      detail = error.message;
    }
  }
  throw new HttpProblem(401, 'webhook-not-verified', detail);
};
