import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { callApi } from './mesh-access/call-api.ts';
import { decidedEvents, type DecidedEvents } from './mesh-access/decided-events.ts';
import { commandRoutes, documentRoutes, listRoutes } from './mesh-access/routes.ts';
import { claimsOf, oddTokens } from './mesh-access/tokens.ts';

const mesh = inject('mesh');
const routes = [
  ...commandRoutes,
  ...[...documentRoutes, ...listRoutes].map((path) => ({ method: 'GET', path, body: undefined })),
];

let good: string;
let decided: DecidedEvents;
let before: readonly EventEnvelope[];

beforeAll(async () => {
  good = await mintToken(mesh);
  decided = await decidedEvents(mesh);
  before = await decided.atRest();
});

/** The good token's claims, changed or not, under a signature that is not the provider's. */
const forged = (change: object): string => {
  const [header = '', claims = ''] = good.split('.');
  const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), ...change };
  const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
};

/** The claims as they are, and `none` for a signature. */
const unsigned = (): string => {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  return `${header}.${good.split('.')[1] ?? ''}.`;
};

/** The gateway itself turns it away, with its own body; our code is not asked. */
const expectUnauthorized = async (call: ReturnType<typeof callApi>, route: (typeof routes)[number]) => {
  const { status, headers, body } = await call(route);
  expect({ status, body }).toEqual({ status: 401, body: { message: 'Unauthorized' } });
  expect(headers.get('content-type')).toBe('application/json');
};

describe.each(routes)('$method $path', (route) => {
  it('answers nobody without a token', async () => {
    const call = callApi(mesh.api, '');
    await expectUnauthorized((request) => call({ ...request, headers: { authorization: undefined } }), route);
  });

  it('answers nobody with a forged one', async () => {
    await expectUnauthorized(callApi(mesh.api, forged({ sub: 'somebody else' })), route);
  });
});

describe('a token', () => {
  const order = commandRoutes[0];

  it.each([
    ['that is no token', () => 'letmein'],
    ['that nobody signed', unsigned],
    ['that somebody else signed', () => forged({})],
    ['of another issuer', () => forged({ iss: 'https://example.com' })],
    [
      'whose claims were changed after it was signed',
      () => {
        const [header, , signature] = good.split('.');
        return [header, forged({ sub: 'admin' }).split('.')[1], signature].join('.');
      },
    ],
  ])('%s opens nothing', async (_, token) => {
    await expectUnauthorized(callApi(mesh.api, token()), order);
  });

  it('made out to another audience opens nothing', async () => {
    const token = await (await oddTokens(mesh)).forAnotherAudience();
    await expectUnauthorized(callApi(mesh.api, token), order);
  });

  it('opens until it expires, and nothing from then on', async () => {
    const token = await (await oddTokens(mesh)).validFor(5);
    const call = callApi(mesh.api, token);
    const query = { method: 'GET', path: documentRoutes[0] };
    expect((await call(query)).status).toBe(404);
    await waitFor('the token expired', async () => ((await call(query)).status === 401 ? true : undefined), {
      deadlineMs: 30_000,
      everyMs: 250,
    });
    expect(Date.now() / 1_000).toBeGreaterThanOrEqual(claimsOf(token).exp);
    await expectUnauthorized(call, order);
  });
});

describe('what the gateway has no route for', () => {
  it.each([
    ['PATCH', '/orders'],
    ['DELETE', '/orders'],
    ['GET', '/orders'],
    ['GET', '/inventory/sku-1/receipts'],
    ['POST', '/customers/ada/notification-preferences'],
    ['GET', '/'],
    ['GET', '/no-such-thing'],
    ['POST', '/orders/a/b/c'],
    ['GET', '/Orders/x'],
  ])('%s %s is its own 404', async (method, path) => {
    const { status, body } = await callApi(mesh.api, good)({ method, path });
    expect({ status, body }).toEqual({ status: 404, body: { message: 'Not Found' } });
  });
});

it('wrote nothing, whoever asked', async () => {
  const known = new Set(before.map(({ eventId }) => eventId));
  expect((await decided.atRest()).filter(({ eventId }) => !known.has(eventId))).toEqual([]);
});
