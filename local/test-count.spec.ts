import { describe, expect, it } from 'vitest';
import { countTests } from './test-count.ts';

const file = (status: string, tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('the totals of a test run', () => {
  it('are those of the tests', () => {
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [file('failed', ['passed', 'passed', 'failed'])],
    };
    expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1 });
  });

  it('count a file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 1,
      numFailedTests: 0,
      testResults: [file('failed', []), file('passed', ['passed'])],
    };
    expect(countTests(report, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('are never without a failure when the run failed', () => {
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('passed', ['passed'])] };
    expect(countTests(report, 1)).toEqual({ passed: 1, failed: 1 });
  });
});
