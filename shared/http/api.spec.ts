import {
  IdempotencyAlreadyInProgressError,
  IdempotencyValidationError,
} from '@aws-lambda-powertools/idempotency';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CommandContext } from '../decide/command-handler.ts';
import { BusinessError, PermanentError, TransientError } from '../errors/mesh-error.ts';
import type { Json, Once } from '../once/once.ts';
import { httpEvent } from '../testing/http-event.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { httpApi, noBody, pageQuery } from './api.ts';
import { sign } from './webhook-signature.ts';

/** Remembers answers as Powertools does: tests/contract/once.spec.ts has the real one. */
const memoryOnce = (): Once & { readonly forget: () => void } => {
  const kept = new Map<string, { fingerprint: Json; answer: unknown }>();
  return {
    forInvocation: () => undefined,
    run: async <Result extends Json>(key: string, fingerprint: Json, effect: () => Promise<Result>) => {
      const earlier = kept.get(key);
      if (earlier && earlier.fingerprint !== fingerprint)
        throw new IdempotencyValidationError('another payload');
      const answer = earlier ? (earlier.answer as Result) : await effect();
      kept.set(key, { fingerprint, answer });
      return answer;
    },
    forget: () => kept.clear(),
  };
};

const line = z.strictObject({ sku: z.string(), quantity: z.int().min(1) });
const body = z.strictObject({ name: z.string().min(1), lines: z.array(line) });

let seen: { params: unknown; body: unknown; context: CommandContext }[];
let failure: Error | undefined;
const remembered = memoryOnce();
const api = httpApi(remembered);

api.command('post', '/things', body, async ({ params, body, context }) => {
  seen.push({ params, body, context });
  if (failure !== undefined) throw failure;
  return { thingId: 't1', times: seen.length };
});
api.command('delete', '/things/:thingId', noBody, async ({ params, body, context }) => {
  seen.push({ params, body, context });
  return {};
});
const secretOf = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;
const source = { name: 'supplier', secrets: [secretOf('n'), secretOf('o')] };
api.webhook('/supplies', source, body, async ({ params, body, context }) => {
  seen.push({ params, body, context });
  if (failure !== undefined) throw failure;
  return { times: seen.length };
});
api.query('/things', pageQuery, async ({ query }) => ({ items: [], query }));
api.query('/things/:thingId', z.strictObject({}), async ({ params: { thingId } }) =>
  thingId === 't 1/ü' || thingId === 't1' ? { thingId } : undefined,
);

const ask = async (...request: Parameters<typeof httpEvent>) => {
  const { statusCode, headers, body } = await api.handler(httpEvent(...request), lambdaContext());
  return {
    status: statusCode,
    headers: headers ?? {},
    json: JSON.parse(body ?? 'null') as Record<string, unknown>,
  };
};

const good = { name: 'x', lines: [{ sku: 'S', quantity: 1 }] };
let keys = 0;
const withKey = (more: Record<string, string> = {}) => ({ 'idempotency-key': `key-${(keys += 1)}`, ...more });

beforeEach(() => {
  seen = [];
  failure = undefined;
});

/** Every refusal: its status, problem+json, its code, and nothing done. */
const expectProblem = (
  answer: Awaited<ReturnType<typeof ask>>,
  status: number,
  code: string,
  errors?: readonly object[],
): void => {
  expect(answer.json).toMatchObject({
    type: 'about:blank',
    status,
    code,
    title: expect.any(String),
    detail: expect.any(String),
    correlationId: expect.stringMatching(/./),
    ...(errors && { errors }),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-correlation-id']).toBe(answer.json['correlationId']);
};

describe('a command', () => {
  it('answers 202 with what was written, and carries the trail of its request', async () => {
    const headers = { 'idempotency-key': 'once-1', 'x-correlation-id': 'trail-7', 'x-session-id': 's-1' };
    const answer = await ask('POST', '/things', { headers, body: good });
    expect(answer).toMatchObject({ status: 202, json: { thingId: 't1' } });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-correlation-id': 'trail-7',
    });
    expect(seen).toEqual([
      {
        params: {},
        body: good,
        context: {
          commandId: 'user-1/once-1 POST /things',
          correlationId: 'trail-7',
          causationId: 'user-1/once-1',
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
          userId: 'user-1',
          sessionId: 's-1',
        },
      },
    ]);
  });

  it('takes a body that the gateway encoded', async () => {
    const encoded = Buffer.from(JSON.stringify({ ...good, name: 'Zoë' })).toString('base64');
    const answer = await ask('POST', '/things', { headers: withKey(), body: encoded, isBase64Encoded: true });
    expect(answer.status).toBe(202);
    expect(seen[0]?.body).toMatchObject({ name: 'Zoë' });
  });

  it('may need no body', async () => {
    expect((await ask('DELETE', '/things/t%201', { headers: withKey() })).status).toBe(202);
    expect(seen[0]).toMatchObject({ body: {}, params: { thingId: 't 1' } });
  });

  it('sent again with its key answers the first answer and does nothing', async () => {
    const headers = withKey();
    const first = await ask('POST', '/things', { headers, body: good });
    const second = await ask('POST', '/things', { headers, body: good });
    expect(second.json).toEqual(first.json);
    expect(seen).toHaveLength(1);
  });

  it('is no command of another operation that had its key: what is written under one is not taken for the other', async () => {
    const headers = withKey();
    await ask('POST', '/things', { headers, body: good });
    const another = await ask('DELETE', '/things/t1', { headers });
    expectProblem(another, 422, 'idempotency-key-reused');
    // The answer is forgotten after a day.
    remembered.forget();
    expect((await ask('DELETE', '/things/t1', { headers })).status).toBe(202);
    const [first, second] = seen.map(({ context }) => context);
    expect(second?.commandId).not.toBe(first?.commandId);
    expect(second?.causationId).toBe(first?.causationId);
  });

  it('names the trace that Lambda runs it under', async () => {
    process.env['_X_AMZN_TRACE_ID'] =
      'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';
    await ask('POST', '/things', { headers: withKey(), body: good });
    delete process.env['_X_AMZN_TRACE_ID'];
    expect(seen[0]?.context.traceId).toBe('67891233abcdef012345678912345678');
  });
});

describe('a webhook', () => {
  let ids = 0;
  const newId = (): string => `msg-${(ids += 1)}`;
  /** As the source sends it: nobody stands before the route who would have checked a token. */
  const send = async (text: string, headers: object) => {
    const event = httpEvent('POST', '/supplies', { headers: { ...headers }, body: text });
    Reflect.deleteProperty(event.requestContext, 'authorizer');
    const answer = await api.handler(event, lambdaContext());
    const json = JSON.parse(answer.body ?? 'null') as Record<string, unknown>;
    return { status: answer.statusCode, headers: answer.headers ?? {}, json };
  };
  // Not as JSON.stringify would write it: what is signed is the text.
  const text = `{ "lines": [],\n"name": "Zo\u00eb" }`;
  const signed = (id: string, body = text, secret = secretOf('n'), at = new Date()) =>
    send(body, sign(secret, id, at, body));

  it('needs no token, answers 202, and is on behalf of its source', async () => {
    const id = newId();
    expect(await signed(id)).toMatchObject({ status: 202, json: { times: 1 } });
    expect(seen).toEqual([
      {
        params: {},
        body: { name: 'Zoë', lines: [] },
        context: {
          commandId: `webhook:supplier/${id} POST /supplies`,
          correlationId: expect.stringMatching(/./),
          causationId: `webhook:supplier/${id}`,
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
          userId: 'webhook:supplier',
          sessionId: undefined,
        },
      },
    ]);
  });

  it('sent again, signed anew or with the older secret, answers the first answer and does nothing', async () => {
    const id = newId();
    const first = await signed(id);
    const minuteLater = await signed(id, text, secretOf('o'), new Date(Date.now() + 60_000));
    expect(minuteLater).toMatchObject({ status: 202, json: first.json });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['without a signature', () => send(text, {})],
    ['signed with a secret that is not known', () => signed(newId(), text, secretOf('x'))],
    ['signed over another body', () => send(text, sign(secretOf('n'), newId(), new Date(), `${text} `))],
    ['signed too long ago', () => signed(newId(), text, secretOf('n'), new Date(Date.now() - 301_000))],
    ['that is neither signed nor JSON', () => send('{"name": ', {})],
  ])('%s is refused, whatever it says', async (_what, sending) => {
    expectProblem(await sending(), 401, 'webhook-not-verified');
    expect(seen).toEqual([]);
  });

  it.each([
    ['is no JSON', '{"name": ', 'malformed-json'],
    ['breaks its schema', '{"name": 1}', 'schema-violation'],
    ['is empty', '', 'schema-violation'],
  ])('that is signed and %s is bad input', async (_what, body, code) => {
    expectProblem(await signed(newId(), body), 400, code);
    expect(seen).toEqual([]);
  });

  it('whose id is no name is bad input', async () => {
    expectProblem(await signed('m'.repeat(101)), 400, 'schema-violation', [
      expect.objectContaining({ path: 'webhook-id' }),
    ]);
  });

  it('that failed is taken when it is sent again', async () => {
    const id = newId();
    failure = new BusinessError('thing-unknown', 'no such thing', 'not-found');
    expectProblem(await signed(id), 404, 'thing-unknown');
    failure = undefined;
    expect((await signed(id)).status).toBe(202);
  });
});

describe('bad input', () => {
  it('malformed JSON', async () => {
    const answer = await ask('POST', '/things', { headers: withKey(), body: '{"name": ' });
    expectProblem(answer, 400, 'malformed-json');
    expect(seen).toEqual([]);
  });

  it('no body', async () => {
    const answer = await ask('POST', '/things', { headers: withKey() });
    expectProblem(answer, 400, 'schema-violation', [
      expect.objectContaining({ path: 'name' }),
      expect.objectContaining({ path: 'lines' }),
    ]);
  });

  it('a body that breaks its schema: every failing field is named', async () => {
    const odd = { name: '', lines: [{ sku: 'S', quantity: 0 }], extra: 1 };
    const answer = await ask('POST', '/things', { headers: withKey(), body: odd });
    expectProblem(answer, 400, 'schema-violation');
    const errors = answer.json['errors'] as { path: string; message: string }[];
    expect(errors.map(({ path }) => path)).toEqual(['name', 'lines.0.quantity', 'extra']);
    expect(seen).toEqual([]);
  });

  it('a body of over 64 KB', async () => {
    const answer = await ask('POST', '/things', {
      headers: withKey(),
      body: { ...good, name: 'ü'.repeat(33_000) },
    });
    expectProblem(answer, 413, 'body-too-large');
  });

  it('another media type', async () => {
    const headers = withKey({ 'content-type': 'text/xml' });
    expectProblem(await ask('POST', '/things', { headers, body: good }), 415, 'not-json');
    const json = withKey({ 'content-type': 'application/merge-patch+json; charset=utf-8' });
    expect((await ask('POST', '/things', { headers: json, body: good })).status).toBe(202);
  });

  it.each([
    ['is missing', undefined],
    ['is over-long', 'k'.repeat(101)],
    ['has spaces', 'a b'],
    ['is not ASCII', 'schlüssel'],
  ])('an Idempotency-Key that %s', async (_what, key) => {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const answer = await ask('POST', '/things', { headers, body: good });
    expectProblem(answer, 400, 'schema-violation', [expect.objectContaining({ path: 'Idempotency-Key' })]);
    expect(seen).toEqual([]);
  });

  it('an Idempotency-Key used again with another body or path', async () => {
    const headers = withKey();
    await ask('POST', '/things', { headers, body: good });
    const other = await ask('POST', '/things', { headers, body: { ...good, name: 'y' } });
    expectProblem(other, 422, 'idempotency-key-reused', [
      expect.objectContaining({ path: 'Idempotency-Key' }),
    ]);
    expectProblem(await ask('DELETE', '/things/t1', { headers }), 422, 'idempotency-key-reused');
    expect(seen).toHaveLength(1);
  });

  it('an unknown id', async () => {
    expectProblem(await ask('GET', '/things/none'), 404, 'not-found');
  });

  it('an unknown path, or a known one with another method: API Gateway itself calls both a missing route', async () => {
    expectProblem(await ask('GET', '/nowhere'), 404, 'no-such-route');
    expectProblem(await ask('PUT', '/things', { body: good }), 404, 'no-such-route');
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=many', 'limit'],
    ['colour=red', 'colour'],
  ])('a query string of %s', async (query, path) => {
    const answer = await ask('GET', '/things', { query });
    expectProblem(answer, 400, 'schema-violation', [expect.objectContaining({ path })]);
  });

  it.each(['', 'x'.repeat(251)])('a place to go on from that is none: %j', async (after) => {
    const answer = await ask('GET', '/things', { query: `after=${after}` });
    expectProblem(answer, 400, 'schema-violation', [expect.objectContaining({ path: 'after' })]);
  });

  it('is told of an id that is longer than any', async () => {
    const answer = await ask('GET', `/things/${'x'.repeat(201)}`);
    expectProblem(answer, 400, 'schema-violation', [expect.objectContaining({ path: 'thingId' })]);
  });

  it('is told of every field that nobody knows', async () => {
    const answer = await ask('GET', '/things', { query: 'first=1&second=2' });
    expectProblem(answer, 400, 'schema-violation', [
      expect.objectContaining({ path: 'first' }),
      expect.objectContaining({ path: 'second' }),
    ]);
  });

  it('a correlation id that does not fit is replaced', async () => {
    const answer = await ask('GET', '/things/t1', { headers: { 'x-correlation-id': 'a b' } });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a failure', () => {
  const fail = (error: Error) => {
    failure = error;
    return ask('POST', '/things', { headers: withKey(), body: good });
  };

  it.each([
    [new BusinessError('order-state', 'too late'), 409, 'order-state', 'too late'],
    [new BusinessError('order-unknown', 'no such order', 'not-found'), 404, 'order-unknown', 'no such order'],
    [new IdempotencyAlreadyInProgressError('busy'), 409, 'request-in-progress', 'still being worked on'],
  ])('%s is told', async (error, status, code, detail) => {
    const answer = await fail(error);
    expectProblem(answer, status, code);
    expect(answer.json['detail']).toContain(detail);
  });

  it.each([
    [new TransientError('down', 'secret host'), 503, 'try-again'],
    [Object.assign(new Error('secret host'), { name: 'ThrottlingException' }), 503, 'try-again'],
    [new PermanentError('odd', 'secret host'), 500, 'internal-error'],
    [new TypeError('secret host'), 500, 'internal-error'],
    [Object.assign(new Error('secret host'), { name: 'constructor' }), 500, 'internal-error'],
  ])('%s keeps its details', async (error, status, code) => {
    const answer = await fail(error);
    expectProblem(answer, status, code);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });
});

describe('a query', () => {
  it('answers 200 with what was found', async () => {
    expect(await ask('GET', '/things/t1')).toMatchObject({ status: 200, json: { thingId: 't1' } });
    expect(await ask('GET', '/things/t%201%2F%C3%BC')).toMatchObject({ status: 200 });
  });

  it('reads paging from the query string, with a default', async () => {
    expect((await ask('GET', '/things')).json['query']).toEqual({ limit: 20 });
    expect((await ask('GET', '/things', { query: 'limit=5&after=a%26b' })).json['query']).toEqual({
      limit: 5,
      after: 'a&b',
    });
  });
});

it('an API that takes commands needs somewhere to remember its answers', () => {
  expect(() => httpApi().command('post', '/x', noBody, async () => ({}))).toThrow('remember');
});

it.each([['%20'], ['%09%20']])('a path parameter of nothing but blanks (%s) is bad input', async (blank) => {
  expectProblem(await ask('GET', `/things/${blank}`), 400, 'schema-violation', [
    { path: 'thingId', message: 'must not be blank' },
  ]);
});

it('a path that ends in blanks is not the path before them', async () => {
  expect(await ask('GET', '/things')).toMatchObject({ status: 200 });
  expectProblem(await ask('GET', '/things/ \t'), 400, 'schema-violation', [
    { path: 'thingId', message: 'must not be blank' },
  ]);
  expect(await ask('GET', '/things/\u0000')).toMatchObject({ status: 404 });
});

it('a path that is no URL is bad input', async () => {
  expectProblem(await ask('GET', '/things/%'), 400, 'malformed-path');
});

it('a body nested deeper than a call stack reaches is bad input', async () => {
  const body = `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
  expectProblem(await ask('POST', '/things', { headers: withKey(), body }), 400, 'nested-too-deep');
  const deepest = `{"name":${'['.repeat(63)}${']'.repeat(63)}}`;
  expectProblem(await ask('POST', '/things', { headers: withKey(), body: deepest }), 400, 'schema-violation');
});

it('says of every route what it takes, for the API description', () => {
  expect(api.handler.operations).toEqual([
    { method: 'POST', path: '/things', kind: 'command', input: body },
    { method: 'DELETE', path: '/things/{thingId}', kind: 'command', input: noBody },
    { method: 'POST', path: '/supplies', kind: 'webhook', input: body },
    { method: 'GET', path: '/things', kind: 'query', input: pageQuery },
    { method: 'GET', path: '/things/{thingId}', kind: 'query', input: expect.any(z.ZodObject) },
  ]);
});
