import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeServer } from '../../shared/testing/fake-server.ts';
import { ApiRefusal, apiAccess, UsageError } from './api-access.ts';

let asked: IncomingMessage;
let answer: { status: number; body: string } = { status: 200, body: '{}' };
let api: string;
const server = fakeServer();
beforeEach(async () => {
  api = await server.listening((request, response) => {
    asked = request;
    response.statusCode = answer.status;
    request.resume().on('end', () => response.end(answer.body));
  });
});

describe('an operator’s way to the API', () => {
  it('sends token, query and a fresh Idempotency-Key with each command', async () => {
    const { call } = await apiAccess({ api: `${api}/`, token: 'secret' }, {});
    answer = { status: 200, body: '{"items":[]}' };
    expect(await call({ path: '/ops/x', query: { a: 'b c', n: 1, none: undefined } })).toEqual({ items: [] });
    expect(asked.url).toBe('/ops/x?a=b+c&n=1');
    expect(asked.headers.authorization).toBe('Bearer secret');
    expect(asked.headers['idempotency-key']).toBeUndefined();
    await call({ method: 'POST', path: '/ops/x', body: {} });
    const first = asked.headers['idempotency-key'];
    await call({ method: 'POST', path: '/ops/x', body: {} });
    expect(asked.headers['idempotency-key']).not.toBe(first);
    await call({ method: 'POST', path: '/ops/x', body: {}, idempotencyKey: 'mine' });
    expect(asked.headers['idempotency-key']).toBe('mine');
  });

  it('takes address and token from the environment where the command line says nothing', async () => {
    const access = await apiAccess({}, { MESH_API: api, MESH_TOKEN: 'other' });
    answer = { status: 200, body: '{}' };
    await access.call({ path: '/' });
    expect(asked.headers.authorization).toBe('Bearer other');
    expect(access.endpoints).toBeUndefined();
  });

  it.each([
    [
      '{"code":"not-found","detail":"nothing is known of it"}',
      404,
      '404 (not-found): nothing is known of it',
    ],
    ['{"message":"Unauthorized"}', 401, '401: Unauthorized'],
    ['<html>', 502, '502: <html>'],
  ])('tells of the refusal %s', async (body, status, message) => {
    const { call } = await apiAccess({ api, token: 't' }, {});
    answer = { status, body };
    const refusal = call({ path: '/' });
    await expect(refusal).rejects.toBeInstanceOf(ApiRefusal);
    await expect(refusal).rejects.toThrow(message);
  });

  it('says what is missing or malformed', async () => {
    await expect(apiAccess({ api }, {})).rejects.toThrow('--token');
    await expect(apiAccess({ api: 'nowhere', token: 't' }, {})).rejects.toThrow(UsageError);
    await expect(apiAccess({ instance: 'none-such' }, {})).rejects.toThrow('npm start');
  });

  it('says when nobody answers', async () => {
    const { call } = await apiAccess({ api: 'http://127.0.0.1:1', token: 't' }, {});
    await expect(call({ path: '/' })).rejects.toThrow('gives no answer');
  });
});
