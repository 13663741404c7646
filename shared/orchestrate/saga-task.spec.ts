import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BusinessError, PermanentError, TransientError, UnavailableError } from '../errors/mesh-error.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { compensation, sagaTask, sagaTasks } from './saga-task.ts';

const saga = { sagaId: 'ada.1', correlationId: 'corr', causationId: 'cause', traceId: 'trace' };
const input = z.object({ orderId: z.string() });

const perform = (failure: Error, declare: typeof sagaTask = sagaTask) =>
  sagaTasks({ Step: declare(input, () => Promise.reject(failure)) })(
    { command: 'Step', saga, input: { orderId: 'ada.1' } },
    lambdaContext(),
  );

const retryAt = new Date('2026-03-01T12:00:10.000Z');
const open = new UnavailableError('circuit-open', 'the circuit is open', retryAt);
const later = {
  outcome: 'later',
  reason: 'the circuit is open',
  details: { retryAt: retryAt.toISOString() },
};

describe("a saga step's answer", () => {
  it('names the command once for all of its attempts', async () => {
    const seen: string[] = [];
    const tasks = sagaTasks({
      Step: sagaTask(input, async (_, { commandId }) => {
        seen.push(commandId);
        return { outcome: 'done' };
      }),
    });
    for (let i = 0; i < 2; i += 1) {
      await tasks({ command: 'Step', saga, input: { orderId: 'ada.1' } }, lambdaContext());
    }
    expect(seen).toEqual(['ada.1#Step', 'ada.1#Step']);
  });

  it('to a business no is data', async () => {
    expect(await perform(new BusinessError('no-funds', 'declined'))).toEqual({
      outcome: 'refused',
      reason: 'declined',
      details: { code: 'no-funds' },
    });
  });

  it('to an open circuit is data, and says when to come back (CON-12)', async () => {
    expect(await perform(open)).toEqual(later);
    expect(await perform(open, compensation)).toEqual(later);
  });

  it('to a technical failure is thrown, and a compensation knows no other no', async () => {
    const down = new TransientError('down', 'no answer');
    await expect(perform(down)).rejects.toBe(down);
    await expect(perform(new BusinessError('no', 'never'), compensation)).rejects.toThrow(PermanentError);
  });

  it('is refused to a step that nobody declared', async () => {
    const request = { command: 'toString', saga, input: {} };
    await expect(sagaTasks({})(request, lambdaContext())).rejects.toMatchObject({ code: 'unknown-step' });
  });
});
