import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { httpProvider } from '../../shared/testing/http-provider.ts';
import { httpWebhookPoster } from './http-webhook-poster.ts';

const headers = { 'content-type': 'application/json', 'webhook-id': 'message-1' };
const body = '{"grüße":1}';

/** A poster that posts to the provider of a test. */
const subscriber = httpProvider((baseUrl, timeoutMs) => ({
  post: (reach: 'public' | 'loopback' = 'loopback', url = `${baseUrl}hooks`) =>
    httpWebhookPoster(reach, timeoutMs).post({ url, headers, body }),
}));

describe('posting to a subscriber', () => {
  it('sends body and headers as they are', async () => {
    const { seen, client } = await subscriber.recording(204, '');
    expect(await client.post()).toEqual({ outcome: 'delivered', status: 204 });
    expect(seen).toMatchObject([{ method: 'POST', url: '/v1/hooks', body: { grüße: 1 } }]);
  });

  it.each([200, 201, 202, 204, 299])('takes %i for delivered', async (status) => {
    expect(await (await subscriber.answering(status, '')).post()).toEqual({ outcome: 'delivered', status });
  });

  it.each([400, 401, 403, 404, 409, 422])('takes %i for a refusal', async (status) => {
    expect(await (await subscriber.answering(status, '')).post()).toEqual({
      outcome: 'refused',
      status,
      reason: `the subscriber answered ${status}`,
    });
  });

  it('takes 410 for the end', async () => {
    expect(await (await subscriber.answering(410, '')).post()).toMatchObject({
      outcome: 'gone',
      status: 410,
    });
  });

  it.each([408, 425, 429, 500, 502, 503])('will try again after %i', async (status) => {
    await expect((await subscriber.answering(status, '')).post()).rejects.toMatchObject({
      code: 'subscriber-unavailable',
      errorClass: 'transient',
    });
  });

  it('follows no redirect', async () => {
    const { post } = await subscriber.answering(302, '', { location: 'http://169.254.169.254/' });
    expect(await post()).toMatchObject({ outcome: 'refused', status: 302 });
  });

  it('will try again when nobody listens, and when nobody answers in time', async () => {
    const gone = await subscriber.answering(200, '');
    await subscriber.close();
    await expect(gone.post()).rejects.toMatchObject({ code: 'subscriber-unavailable' });
    const silent = await subscriber.listening(() => undefined, 50);
    await expect(silent.post()).rejects.toMatchObject({ code: 'subscriber-unavailable' });
  });

  it('takes a change of protocol for a refusal, and ends the connection', async () => {
    let ended: Promise<unknown> | undefined;
    const { post } = await subscriber.listening(({ socket }) => {
      ended = once(socket, 'close');
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    expect(await post()).toMatchObject({ outcome: 'refused', status: 101 });
    await ended;
  });

  it.each([
    ['without an answer', ''],
    ['in the middle of one', 'HTTP/1.1 2'],
    ['after an interim one', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('will try again when the connection ends %s', async (_, said) => {
    const { post } = await subscriber.listening(({ socket }) => socket.end(said));
    await expect(post()).rejects.toMatchObject({ code: 'subscriber-unavailable' });
  });

  it('calls no host that is not public, not by a name that leads there either', async () => {
    const { seen, client } = await subscriber.recording(200, '');
    expect(await client.post('public')).toMatchObject({
      outcome: 'refused',
      reason: 'the URL must be an https URL',
    });
    expect(await client.post('public', 'https://localhost/')).toMatchObject({ outcome: 'refused' });
    expect(await client.post('loopback', 'https://10.0.0.1/')).toMatchObject({ outcome: 'refused' });
    expect(seen).toEqual([]);
  });
});
