import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds; after `timeoutMs` fails with what `describe` says then. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  describe: () => string,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${describe()}`);
    await delay(10);
  }
}
