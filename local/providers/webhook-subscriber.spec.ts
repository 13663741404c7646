import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../../shared/http/webhook-signature.ts';
import { startWebhookSubscriber, type WebhookSubscriber } from './webhook-subscriber.ts';

const secretOf = () => `whsec_${randomBytes(32).toString('base64')}`;
const text = '{"quantity": 3}';

let subscriber: WebhookSubscriber;
beforeEach(async () => {
  subscriber = await startWebhookSubscriber();
});
afterEach(() => subscriber.close());

const send = async (secret: string, body = text): Promise<number> => {
  const headers = { 'content-type': 'application/json', ...sign(secret, 'message-1', new Date(), text) };
  return (await fetch(subscriber.hook, { method: 'POST', headers, body })).status;
};

describe('the fake subscriber', () => {
  it('takes messages as they come, and lists them', async () => {
    expect(await send(secretOf())).toBe(204);
    expect(subscriber.received()).toMatchObject([{ id: 'message-1', text, body: { quantity: 3 } }]);
    const listed = await (await fetch(`${subscriber.url}/received`)).json();
    expect(listed).toMatchObject([{ id: 'message-1' }]);
  });

  it('takes only what is signed with the secret that it trusts', async () => {
    const secret = secretOf();
    subscriber.trust(secret);
    expect(await send(secretOf())).toBe(401);
    expect(await send(secret, '{"quantity": 4}')).toBe(401);
    expect(await send(secret)).toBe(204);
    expect(subscriber.received()).toHaveLength(1);
  });

  it('takes nothing while it refuses or fails', async () => {
    subscriber.answer(410);
    expect(await send(secretOf())).toBe(410);
    subscriber.answer(200);
    await subscriber.trouble({ failing: 1 });
    expect(await send(secretOf())).toBe(503);
    expect(subscriber.received()).toEqual([]);
  });
});
