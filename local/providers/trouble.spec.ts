import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { ProviderRequest } from './json-server.ts';
import { troublesome } from './trouble.ts';

const ok = { status: 200, body: 'done' };
const request = (body?: unknown): ProviderRequest => ({ body, idempotencyKey: 'key' });

const setUp = () => {
  let acted = 0;
  const act = () => {
    acted += 1;
    return ok;
  };
  const routes = troublesome({ 'POST /charges': act, 'GET /charges': () => ok });
  const call = (name: string, body?: unknown) => Promise.resolve(routes[name]?.(request(body)));
  return { call, acted: () => acted };
};

describe('a provider that is told to misbehave', () => {
  it('behaves until then, and again after {}', async () => {
    const { call } = setUp();
    expect(await call('POST /charges')).toBe(ok);
    await call('POST /trouble', { failing: 1 });
    expect(await call('POST /charges')).toMatchObject({ status: 503 });
    await call('POST /trouble', {});
    expect(await call('POST /charges')).toBe(ok);
  });

  it('fails a share of the commands, evenly, and does nothing for them', async () => {
    const { call, acted } = setUp();
    await call('POST /trouble', { failing: 0.25 });
    const answers = [];
    for (let i = 0; i < 8; i += 1) answers.push(await call('POST /charges'));
    expect(answers.map((answer) => answer !== ok)).toEqual([0, 0, 0, 1, 0, 0, 0, 1].map(Boolean));
    expect(acted()).toBe(6);
  });

  it('loses answers of commands that it has carried out', async () => {
    const { call, acted } = setUp();
    await call('POST /trouble', { losing: 1 });
    expect(await call('POST /charges')).toBe('cut');
    expect(acted()).toBe(1);
  });

  it('leaves queries alone, and counts what it did', async () => {
    const { call } = setUp();
    await call('POST /trouble', { latencyMs: 1, failing: 1 });
    await call('POST /charges');
    expect(await call('GET /charges')).toBe(ok);
    expect(await call('GET /trouble')).toEqual({ status: 200, body: { slow: 1, failed: 1, lost: 0 } });
  });

  it.each([{ failing: 2 }, { latencyMs: -1 }, { colour: 'red' }])('refuses %j', (body) => {
    const routes = troublesome({});
    expect(() => routes['POST /trouble']?.(request(body))).toThrow(ZodError);
  });
});
