import { describe, expect, it } from 'vitest';
import { DeadlinePassed, waitFor } from './wait-for.ts';

describe('waiting for a condition', () => {
  it('answers what the probe answers once it is not undefined', async () => {
    let looks = 0;
    const answer = await waitFor('three looks', () => (++looks < 3 ? undefined : looks), {
      deadlineMs: 1_000,
      everyMs: 1,
    });
    expect(answer).toBe(3);
  });

  it('takes a throwing probe for "not yet" and keeps its error as the cause', async () => {
    const refused = new Error('connection refused');
    const waiting = waitFor(
      'a server',
      () => {
        throw refused;
      },
      { deadlineMs: 10, everyMs: 1 },
    );
    await expect(waiting).rejects.toBeInstanceOf(DeadlinePassed);
    await expect(waiting).rejects.toMatchObject({ cause: refused });
  });

  it('gives up with the reason of its signal', async () => {
    const giveUp = new AbortController();
    const waiting = waitFor('never', () => undefined, {
      deadlineMs: 60_000,
      everyMs: 1,
      signal: giveUp.signal,
    });
    giveUp.abort(new Error('not needed any more'));
    await expect(waiting).rejects.toThrow(/not needed any more|aborted/);
  });
});
