import { describe, expect, it } from 'vitest';
import { causeOf } from './cause-of.ts';
import { classify, declaredClass } from './classify.ts';
import { BusinessError, PermanentError, SchemaViolation, TransientError } from './mesh-error.ts';

const named = (name: string): Error => Object.assign(new Error('x'), { name });

describe('the class of an error', () => {
  it.each([
    [new TransientError('c', 'm'), 'transient'],
    [new PermanentError('c', 'm'), 'permanent'],
    [new BusinessError('c', 'm'), 'business'],
    [new SchemaViolation('w', []), 'permanent'],
    [named('ConnectionTimeout'), 'transient'],
    [named('ServiceUnavailable'), 'transient'],
    [named('SchemaValidationError'), 'permanent'],
    [named('MalformedData'), 'permanent'],
    [named('InvalidOrder'), 'business'],
    [named('InsufficientInventory'), 'business'],
    [named('ThrottlingException'), 'transient'],
  ] as const)('%s is %s', (error, expected) => {
    expect(declaredClass(error)).toBe(expected);
    expect(classify(error)).toBe(expected);
  });

  it.each([[new TypeError('a bug')], ['text'], [undefined], [named('toString')], [named('constructor')]])(
    'of something undeclared (%s) is transient, so that nothing is given up by mistake',
    (error) => {
      expect(classify(error)).toBe('transient');
      expect(declaredClass(error)).toBeUndefined();
    },
  );
});

describe('a cause that outlives its process', () => {
  it('keeps name, code, message and stack', () => {
    const error = new PermanentError('no-key', 'the record has no key');
    expect(causeOf(error)).toEqual({
      name: 'PermanentError',
      code: 'no-key',
      message: 'the record has no key',
      stack: error.stack,
    });
  });

  it('makes do with anything that was thrown', () => {
    expect(causeOf('text')).toEqual({ name: 'Unknown', code: 'unknown', message: 'text', stack: '' });
    expect(causeOf(new RangeError('far'))).toMatchObject({ name: 'RangeError', code: 'RangeError' });
  });
});
