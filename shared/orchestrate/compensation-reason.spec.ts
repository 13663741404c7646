import { expect, it } from 'vitest';
import { z } from 'zod';
import { compensationReason } from './compensation-reason.ts';

const input = z.object({ reason: compensationReason });

it.each([[{}], [{ reason: null }], [{ reason: '' }], [{ reason: ' \n' }], [{ reason: { no: 'text' } }]])(
  'a compensation is not refused for its reason: %j',
  (given) => {
    expect(input.parse(given)).toEqual({ reason: 'taken-back' });
  },
);

it('a reason stays as it is, and is cut where an event could not hold it', () => {
  expect(input.parse({ reason: ' ProcessPayment failed: States.Timeout' })).toEqual({
    reason: 'ProcessPayment failed: States.Timeout',
  });
  expect(input.parse({ reason: 'no '.repeat(1_000) }).reason).toHaveLength(450);
});
