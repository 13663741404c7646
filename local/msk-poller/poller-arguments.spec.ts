import { describe, expect, it } from 'vitest';
import { readArguments, UsageError } from './poller-arguments.ts';

const GOOD = ['--template', 't.json', '--brokers', 'a:1, b:2', '--endpoint', 'http://127.0.0.1:4566'];

describe('readArguments', () => {
  it('reads the flags and fills in the region', () => {
    expect(readArguments(GOOD)).toEqual({
      template: 't.json',
      brokers: ['a:1', 'b:2'],
      endpoint: 'http://127.0.0.1:4566',
      destinationEndpoint: 'http://127.0.0.1:4566',
      region: 'us-east-1',
      statusFile: undefined,
      invocationsPerPoller: 5,
    });
  });

  it('takes another endpoint for destinations', () => {
    expect(readArguments([...GOOD, '--destination-endpoint', 'http://127.0.0.1:1'])).toMatchObject({
      endpoint: 'http://127.0.0.1:4566',
      destinationEndpoint: 'http://127.0.0.1:1',
    });
  });

  it.each([
    ['a missing flag', GOOD.slice(2), /--template is missing/],
    ['an unknown flag', [...GOOD, '--verbose'], /--verbose/],
    ['a flag without a value', [...GOOD, '--region'], /--region/],
    ['more invocations than AWS has', [...GOOD, '--invocations-per-poller', '6'], /from 1 to 5/],
    ['no invocations', [...GOOD, '--invocations-per-poller', '0'], /from 1 to 5/],
    ['a broker without a port', ['--template', 't', '--brokers', 'a', '--endpoint', 'http://x'], /host:port/],
    [
      'an endpoint that is no URL',
      ['--template', 't', '--brokers', 'a:1', '--endpoint', 'localhost'],
      /http\(s\) URL/,
    ],
  ])('refuses %s', (_case, args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });
});
