import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { mintToken } from '../../local/mesh/identity.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { callApi, type ApiAnswer, type Call } from './mesh-access/call-api.ts';
import { decidedEvents, type DecidedEvents } from './mesh-access/decided-events.ts';
import { describedRoutes, isProblem, type DescribedRoute } from './mesh-access/described-routes.ts';
import { brokenTextOf, valueOf } from './mesh-access/values-of-schema.ts';

/** The same cases every time; another seed is another set. */
const SEED = Number(process.env['OPENAPI_SEED'] ?? 20_260_101);
const BROKEN_BODIES = 16;
/** Of all routes together, so that the suite takes as long whatever the API grows to: each route gets its share. */
const MAX_CASES = 1_400;
const AT_ONCE = 8;
const DEEP = 30_000;

interface Case {
  readonly what: string;
  readonly call: Call;
  /** What it must be answered with, where that is certain: else any answer but a failure on our side. */
  readonly statuses?: readonly number[];
}

const mesh = inject('mesh');
const deep = '['.repeat(DEEP) + ']'.repeat(DEEP);

let call: (call: Call) => Promise<ApiAnswer>;
let decided: DecidedEvents;
let before: readonly EventEnvelope[];
let tried = 0;

const share = Math.ceil(MAX_CASES / describedRoutes.length);

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): readonly T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns });
const one = (arbitrary: fc.Arbitrary<unknown>): string => String(sample(arbitrary, 1)[0]);

/** A path with an id that nobody knows for each parameter, or with `values` for some. */
const pathOf = (
  { path, parameters }: DescribedRoute,
  values: Readonly<Record<string, string>> = {},
): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((parameter) => parameter.name === name)?.schema ?? {};
    const known = typeof schema['pattern'] === 'string' ? one(valueOf(schema)) : `nobody-${randomUUID()}`;
    return encodeURIComponent(values[name] ?? known);
  });

const refused = [400] as const;

/** Nothing is known of an id that none can be; a list of what is under it may just be empty. */
const anyRefusalOf = ({ method }: DescribedRoute): readonly number[] =>
  method === 'GET' ? [200, 400, 404] : [400, 404];

const pathCases = (route: DescribedRoute, body: unknown): Case[] =>
  route.parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema }) => {
      const at = (value: string): Call => ({
        method: route.method,
        path: pathOf(route, { [name]: value }),
        body,
      });
      const garbage = ['\u{1F600}', ' ', '%', "'; --", '{}', '*', '\u0000', 'a:b#c'];
      return [
        { what: `${name} of 201 characters`, call: at('x'.repeat(201)), statuses: refused },
        { what: `${name} of 3000 characters`, call: at('x'.repeat(3_000)), statuses: refused },
        // What no pattern forbids might be an id.
        ...(typeof schema['pattern'] === 'string'
          ? garbage.map((value): Case => ({
              what: `${name} ${JSON.stringify(value)}`,
              call: at(value),
              statuses: anyRefusalOf(route),
            }))
          : []),
      ];
    });

const queryCases = (route: DescribedRoute): Case[] => {
  const { method, parameters } = route;
  const asked = (query: string): Call => ({ method, path: `${pathOf(route)}?${query}` });
  const odd = ['', '0', '-1', '1e9', 'many', '\u{1F600}', '\u0000', '%', '[]', 'x'.repeat(3_000), 'null'];
  return [
    { what: 'nothing but a path', call: { method, path: pathOf(route) } },
    { what: 'a field nobody knows', call: asked('colour=red'), statuses: refused },
    { what: 'a prototype', call: asked('__proto__=x&constructor=y'), statuses: refused },
    ...parameters
      .filter((parameter) => parameter.in === 'query')
      .flatMap(({ name }) =>
        odd.map((value) => ({
          what: `${name}=${value.slice(0, 20)}`,
          call: asked(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
        })),
      ),
    ...pathCases(route, undefined),
  ];
};

const commandCases = (route: DescribedRoute): Case[] => {
  const { method, body: schema = {}, takes } = route;
  const path = pathOf(route);
  const good = sample(valueOf(schema), 1)[0];
  const send = (
    what: string,
    change: Omit<Call, 'method' | 'path'>,
    statuses: readonly number[] = refused,
  ): Case => ({
    what,
    call: { method, path, body: good, ...change },
    statuses,
  });
  const key = (value: string | undefined) => ({ headers: { 'idempotency-key': value } });
  const broken = sample(
    brokenTextOf(schema).filter((text) => !takes(JSON.parse(text))),
    BROKEN_BODIES,
  );
  const [field = 'x'] = Object.keys(schema['properties'] ?? {});
  return [
    ...broken.map((body) => send(`body ${body}`, { body })),
    ...['{', '[]]', 'NaN', '"\\ud800', '\u0000'].map((body) => send(`body ${body}, no JSON`, { body })),
    send('a body nested to the limit', { body: deep }),
    send('a field nested to the limit', { body: `{${JSON.stringify(field)}:${deep}}` }, [400, 404]),
    // No object besides: a route may have a larger limit of its own.
    send('a body over the limit', { body: '[]'.padEnd(65 * 1_024) }, [400, 413]),
    send('another content type', { headers: { 'content-type': 'text/xml' } }, [415]),
    send('no key', key(undefined)),
    send('an empty key', key('')),
    send('a key of 101 characters', key('k'.repeat(101))),
    send('a key of 4000 characters', key('k'.repeat(4_000))),
    send('a key with a space', key('one two')),
    ...pathCases(route, good),
  ];
};

/** What is wrong with an answer, if anything is. */
const faultOf = (route: DescribedRoute, { what, statuses }: Case, answer: ApiAnswer): string[] => {
  const { status, headers, body } = answer;
  const told = `${what}: ${status} ${JSON.stringify(body).slice(0, 300)}`;
  const wanted = statuses ?? [200, ...route.statuses.filter((each) => each < 500)];
  // A signed route looks at its signature first.
  if (!wanted.includes(status) && (route.authorized || status >= 500 || status < 400)) return [told];
  if (status < 400) return route.answers(body) ? [] : [`not as described: ${told}`];
  if (headers.get('content-type') !== 'application/problem+json' || !isProblem(body))
    return [`no problem: ${told}`];
  return [];
};

beforeAll(async () => {
  call = callApi(mesh.api, await mintToken(mesh));
  decided = await decidedEvents(mesh);
  before = await decided.atRest();
});

afterAll(() => {
  console.log(`docs/openapi.json: ${describedRoutes.length} routes, ${tried} cases, seed ${SEED}`);
});

describe.each(describedRoutes)('$method $path', (route) => {
  it('refuses what breaks its description, names why, and never fails', async () => {
    const all = route.body ? commandCases(route) : queryCases(route);
    const [cases = []] = sample(fc.shuffledSubarray(all, { minLength: Math.min(all.length, share) }), 1).map(
      (some) => some.slice(0, share),
    );
    const faults = await pMap(cases, async (each) => faultOf(route, each, await call(each.call)), {
      concurrency: AT_ONCE,
    });
    tried += cases.length;
    expect(faults.flat()).toEqual([]);
  });

  it.runIf(route.authorized)('turns away who has no token', async () => {
    const path = pathOf(route);
    const headers = { authorization: undefined };
    expect(await call({ method: route.method, path, headers })).toMatchObject({ status: 401 });
    tried += 1;
  });
});

it('wrote nothing, whatever was sent', async () => {
  const known = new Set(before.map(({ eventId }) => eventId));
  expect((await decided.atRest()).filter(({ eventId }) => !known.has(eventId))).toEqual([]);
});
