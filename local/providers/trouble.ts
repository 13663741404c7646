import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Answer, Routes, SlowRoutes } from './json-server.ts';

const share = z.number().min(0).max(1).default(0);

/** How a provider misbehaves with commands, until told otherwise. Without fields it behaves. */
const Trouble = z.strictObject({
  latencyMs: z.int().min(0).max(60_000).default(0),
  /** Of the commands: answered 503, with nothing done. */
  failing: share,
  /** Of the commands that do not fail: carried out, but the connection is cut before the answer. */
  losing: share,
});

const COMMAND = 'POST ';

/** True for a share of the calls, spread evenly: the same calls in every run. */
const evenly = (): ((share: number) => boolean) => {
  let due = 0;
  return (share) => {
    due += share;
    if (due < 1) return false;
    due -= 1;
    return true;
  };
};

/**
 * A provider's routes, and `POST /trouble`, which makes the others slow, failing or silent (`{}` ends that);
 * `GET /trouble` counts what they have done so far. Queries are left alone.
 */
export function troublesome(routes: Routes): SlowRoutes {
  let trouble = Trouble.parse({});
  const done = { slow: 0, failed: 0, lost: 0 };
  const fails = evenly();
  const loses = evenly();

  const troubled =
    (route: Routes[string]): SlowRoutes[string] =>
    async (request): Promise<Answer> => {
      const { latencyMs, failing, losing } = trouble;
      if (latencyMs > 0) {
        done.slow += 1;
        await pause(latencyMs);
      }
      if (fails(failing)) {
        done.failed += 1;
        return { status: 503, body: { message: 'the provider is in trouble' } };
      }
      const answer = route(request);
      if (!loses(losing)) return answer;
      done.lost += 1;
      return 'cut';
    };

  const wrapped = Object.entries(routes).map(([name, route]): [string, SlowRoutes[string]] => [
    name,
    name.startsWith(COMMAND) ? troubled(route) : route,
  ]);
  return {
    ...Object.fromEntries(wrapped),
    'POST /trouble': ({ body }) => {
      trouble = Trouble.parse(body ?? {});
      return { status: 200, body: trouble };
    },
    'GET /trouble': () => ({ status: 200, body: done }),
  };
}
