import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { httpApi } from '../../shared/http/api.ts';
import { httpEvent } from '../../shared/testing/http-event.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryOnce } from '../../shared/testing/memory-once.ts';
import { memoryOwnedAggregates } from '../../shared/testing/memory-owned-aggregates.ts';
import { signingSecretOf } from './signing-secret.ts';
import { webhookCommands } from './webhook-commands.ts';

const wish = { url: 'https://hooks.example.com/', eventTypes: ['StockReceivedEvent'] };

const mesh = () => {
  const store = memoryEventStore();
  const once = memoryOnce();
  const kept: unknown[] = [];
  const api = httpApi({
    ...once,
    run: async (key, fingerprint, effect) => {
      const answer = await once.run(key, fingerprint, effect);
      kept.push(answer);
      return answer;
    },
  });
  webhookCommands(api, {
    commands: commandHandler(store),
    owned: memoryOwnedAggregates(store),
    reach: 'public',
    secretOf: (webhookId) => signingSecretOf('master', webhookId),
  });
  const call = async (method: string, path: string, body: unknown, key = 'key-1') => {
    const event = httpEvent(method, path, { body, headers: { 'idempotency-key': key } });
    const { statusCode, body: text = '' } = await api.handler(event, lambdaContext());
    return { status: statusCode, body: JSON.parse(text) as Record<string, string> };
  };
  return { call, kept, store };
};

describe('POST /webhooks', () => {
  it('tells the signing secret in its answer, and nowhere else', async () => {
    const { call, kept, store } = mesh();
    const answer = await call('POST', '/webhooks', wish);
    const { webhookId = '', secret = '' } = answer.body;
    expect(answer.status).toBe(202);
    expect(secret).toBe(signingSecretOf('master', webhookId));
    expect(await call('POST', '/webhooks', wish)).toEqual(answer);
    expect(kept).toHaveLength(2);
    expect(JSON.stringify(kept)).not.toContain(secret);
    for await (const event of store.readAll()) expect(JSON.stringify(event)).not.toContain(secret);
  });

  it.each(['http://hooks.example.com/', 'https://10.0.0.1/', 'https://localhost/'])(
    'refuses %s, and names the field',
    async (url) => {
      const { status, body } = await mesh().call('POST', '/webhooks', { ...wish, url });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'schema-violation', errors: [{ path: 'url' }] });
    },
  );
});

describe('DELETE /webhooks/{webhookId}', () => {
  it('ends a subscription once, and refuses one that nobody knows', async () => {
    const { call } = mesh();
    const { webhookId = '' } = (await call('POST', '/webhooks', wish)).body;
    const ended = await call('DELETE', `/webhooks/${webhookId}`, {}, 'key-2');
    expect(ended.body).toMatchObject({ webhookId, written: [{ sequence: 2 }] });
    expect((await call('DELETE', `/webhooks/${webhookId}`, {}, 'key-3')).body).toMatchObject({ written: [] });
    const nobody = '5f0c8f4e-6a1d-8b3c-a7e9-2d4f6b8c0a13';
    expect((await call('DELETE', `/webhooks/${nobody}`, {}, 'key-4')).status).toBe(404);
    expect((await call('DELETE', '/webhooks/nobody', {}, 'key-5')).status).toBe(400);
  });
});

describe('POST /webhooks/{webhookId}/replays', () => {
  it('says how much was queued', async () => {
    const { call } = mesh();
    const { webhookId = '' } = (await call('POST', '/webhooks', wish)).body;
    const from = '2026-03-01T12:00:00Z';
    const replayed = await call('POST', `/webhooks/${webhookId}/replays`, { from }, 'key-2');
    expect(replayed.status).toBe(202);
    expect(replayed.body).toMatchObject({ webhookId, queued: 0, written: [] });
    expect((await call('POST', `/webhooks/${webhookId}/replays`, { from, to: from }, 'key-3')).status).toBe(
      400,
    );
  });
});
