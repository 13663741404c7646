import { beforeEach, describe, expect, it } from 'vitest';
import { fakeServer } from '../../shared/testing/fake-server.ts';
import { deliverCallback } from './carrier-callback.ts';

describe('a carrier callback', () => {
  const seen: { key: unknown; authorization: unknown; body: string }[] = [];
  const server = fakeServer();
  let url = '';
  let answers: number[] = [];

  beforeEach(async () => {
    seen.length = 0;
    const origin = await server.listening((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({
          key: request.headers['idempotency-key'],
          authorization: request.headers.authorization,
          body,
        });
        response.writeHead(answers.shift() ?? 202).end();
      });
    });
    url = `${origin}/deliveries/carrier-callbacks`;
  });

  const deliver = (signal = new AbortController().signal): Promise<void> =>
    deliverCallback(
      { url, token: () => Promise.resolve('a-token') },
      'carrier-bk-1',
      { reference: 'delivery-1', status: 'accepted', trackingId: 'track-bk-1' },
      signal,
    );

  it('is repeated with the same key until it is taken', async () => {
    answers = [503, 404, 202];
    await deliver();
    expect(seen.map(({ key }) => key)).toEqual(['carrier-bk-1', 'carrier-bk-1', 'carrier-bk-1']);
    expect(seen[0]).toMatchObject({
      authorization: 'Bearer a-token',
      body: '{"reference":"delivery-1","status":"accepted","trackingId":"track-bk-1"}',
    });
  });

  it('ends when the carrier is stopped', async () => {
    answers = Array.from({ length: 100 }, () => 503);
    const stop = new AbortController();
    const delivering = deliver(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(delivering).rejects.toThrow();
  });
});
