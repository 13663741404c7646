import { describe, expect, it } from 'vitest';
import { readChaosOptions } from './chaos-options.ts';

describe('the command line of the chaos run', () => {
  it('has five minutes, a seed by chance and a report for people unless told otherwise', () => {
    const options = readChaosOptions([]);
    expect(options).toMatchObject({ minutes: 5, json: false });
    expect(Number.isInteger(options.seed)).toBe(true);
  });

  it('takes minutes, a seed and --json', () => {
    expect(readChaosOptions(['--minutes', '0.5', '--seed', '0', '--json'])).toEqual({
      minutes: 0.5,
      seed: 0,
      json: true,
    });
  });

  it.each([
    [['--minutes', '0'], /--minutes takes a number from 0.5 to 60, not "0"/],
    [['--minutes', '61'], /--minutes/],
    [['--minutes', 'five'], /--minutes/],
    [['--seed', '1.5'], /--seed takes a whole number/],
    [['--seed', ''], /--seed/],
    [['--seed', '2147483648'], /--seed/],
    [['--colour'], /Unknown option '--colour'/],
    [['later'], /positional/],
  ])('refuses %j', (args, message) => {
    expect(() => readChaosOptions(args)).toThrow(message);
    expect(() => readChaosOptions(args)).toThrow(TypeError);
  });
});
